import { SheepError } from '@sheep/core';

/** A list of ids that grows as they come. */
export class IdList {
  #ids: Uint32Array;
  #length = 0;

  constructor(capacity: number) {
    this.#ids = new Uint32Array(capacity);
  }

  push(id: number): void {
    if (this.#length === this.#ids.length) {
      const larger = new Uint32Array(this.#length * 2 + 16);
      larger.set(this.#ids);
      this.#ids = larger;
    }
    this.#ids[this.#length] = id;
    this.#length += 1;
  }

  /** The ids so far, in memory of just their size. */
  toArray(): Uint32Array {
    return this.#ids.slice(0, this.#length);
  }
}

/** @throws SheepError `bad-input` unless `id`, at an index of the ids being decoded, is a whole number below `vocabSize`. */
export function assertId(id: number, index: number, vocabSize: number, name: string): void {
  if (Number.isInteger(id) && id >= 0 && id < vocabSize) return;
  throw new SheepError('bad-input', {
    doing: `decoding with the ${name} tokenizer`,
    expected: `ids from 0 to ${vocabSize - 1}`,
    received: `${id} at index ${index}`,
    remedy: 'decode with the tokenizer that made the ids',
  });
}
