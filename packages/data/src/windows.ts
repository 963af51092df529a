import { SheepError } from '@sheep/core';
import { checkCount } from './checks.js';

/** How windows lie on a text. */
export interface WindowOptions {
  /** Tokens in a window. */
  readonly contextLength: number;
  /** Tokens from one window's start to the next one's, at most contextLength; default half of it. */
  readonly stride?: number;
}

/** Overlapping windows on a text. A window's inputs start at `start(i)`, its targets one token later. */
export interface Windows {
  readonly count: number;
  readonly contextLength: number;
  /** Index of the first input token of window i. */
  readonly start: (i: number) => number;
}

const DOING = 'cutting the text into windows';

function checkStride(stride: number, contextLength: number): void {
  checkCount(DOING, 'stride', stride);
  if (stride <= contextLength) return;
  throw new SheepError('bad-option', {
    doing: DOING,
    expected: `a stride of at most the context length, ${contextLength} tokens`,
    received: String(stride),
    remedy: 'give a smaller stride, or tokens between the windows would never be used',
  });
}

/**
 * Windows of `contextLength` inputs, `stride` tokens apart from the start of the text. Where the last of them does not
 * reach the end, one more is added that ends with the text: every token but the first is a target at least once.
 *
 * @param tokenCount length of the text in tokens.
 * @throws SheepError `bad-input` where the text is shorter than one window, `bad-option` for sizes that make no sense.
 */
export function windows(tokenCount: number, { contextLength, stride }: WindowOptions): Windows {
  checkCount(DOING, 'contextLength', contextLength);
  const step = stride ?? Math.ceil(contextLength / 2);
  checkStride(step, contextLength);
  const lastStart = tokenCount - contextLength - 1;
  if (lastStart < 0) {
    throw new SheepError('bad-input', {
      doing: DOING,
      expected: `at least ${contextLength + 1} tokens (a context of ${contextLength} and the token after it)`,
      received: `${tokenCount} token${tokenCount === 1 ? '' : 's'}`,
      remedy: 'use a smaller contextLength or more text',
    });
  }
  return {
    count: Math.ceil(lastStart / step) + 1,
    contextLength,
    start: (i) => Math.min(i * step, lastStart),
  };
}
