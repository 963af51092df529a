import { SheepError } from '@sheep/core';
import { ARGUMENT_WORDS } from './control.js';
import type { HeapViews } from '../heap/heap.js';

/**
 * Writes the parameters of a job as kernels read them: 32 bits each, integers and places first.
 *
 * @param word where they start.
 * @throws SheepError `bad-input` where they are too many.
 */
export function writeArguments(
  { i32, f32 }: HeapViews,
  word: number,
  ints: readonly number[],
  floats: readonly number[],
): void {
  const count = ints.length + floats.length;
  if (count > ARGUMENT_WORDS) throw tooMany(count);
  let at = word;
  for (const value of ints) i32[at++] = value;
  for (const value of floats) f32[at++] = value;
}

function tooMany(count: number): SheepError {
  return new SheepError('bad-input', {
    doing: 'calling a kernel',
    expected: `at most ${ARGUMENT_WORDS} parameters`,
    received: String(count),
    remedy: 'put the list into the heap and pass its place',
  });
}
