import { SheepError } from '@sheep/core';
import { ARGUMENT_WORDS } from './control.js';
import { REF_BYTES, type Heap } from '../heap/heap.js';

/**
 * Writes the parameters of a job as kernels read them: 32 bits each, integers and places first.
 *
 * @param place where: a `ref`.
 * @throws SheepError `bad-input` where they are too many.
 */
export function writeArguments(heap: Heap, place: number, ints: readonly number[], floats: readonly number[]): void {
  const count = ints.length + floats.length;
  if (count > ARGUMENT_WORDS) throw tooMany(count);
  const { i32, f32 } = heap;
  let word = place * (REF_BYTES / 4);
  for (const value of ints) i32[word++] = value;
  for (const value of floats) f32[word++] = value;
}

function tooMany(count: number): SheepError {
  return new SheepError('bad-input', {
    doing: 'calling a kernel',
    expected: `at most ${ARGUMENT_WORDS} parameters`,
    received: String(count),
    remedy: 'put the list into the heap and pass its place',
  });
}
