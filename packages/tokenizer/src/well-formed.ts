import { SheepError } from '@sheep/core';

const LONE_SURROGATE = /\p{Surrogate}/u;

/**
 * Checks that a text has no half of a surrogate pair standing alone: such a text has no UTF-8 form.
 *
 * @param doing what is being done, for the message.
 * @throws SheepError `bad-input` with the offset, in UTF-16 code units, of the first lone surrogate.
 */
export function assertWellFormed(text: string, doing: string): void {
  const offset = text.search(LONE_SURROGATE);
  if (offset === -1) return;
  throw new SheepError('bad-input', {
    doing,
    expected: 'well-formed text',
    received: `the lone surrogate ${codePointName(text.charCodeAt(offset))} at offset ${offset}`,
    remedy: 'do not cut text between the two halves of a character, or clean it with text.toWellFormed()',
  });
}

/** The usual name of a code point, as in `U+00E9`. */
export function codePointName(codePoint: number): string {
  return `U+${codePoint.toString(16).toUpperCase().padStart(4, '0')}`;
}
