import { IGNORED_TARGET, SheepError, type Batch, type ModelSizes } from '@sheep/core';

function bad(expected: string, received: string, remedy: string): SheepError {
  return new SheepError('bad-input', { doing: 'running the model', expected, received, remedy });
}

/** @throws SheepError `bad-input` where a sequence has more tokens than the model has positions. */
export function checkTime(time: number, { contextLength }: ModelSizes): void {
  if (time > contextLength) {
    throw bad(`at most ${contextLength} tokens`, `${time}`, 'cut the text, or choose a longer contextLength');
  }
}

/**
 * A device does not check ids: one beyond the embedding would read, and in the gradient write, somewhere else.
 *
 * @throws SheepError `bad-input` where the length or an id is not the model's.
 */
export function checkBatch({ inputs, targets, shape: [, time] }: Batch, sizes: ModelSizes): void {
  checkTime(time, sizes);
  const { vocabSize } = sizes;
  const isWrong = (id: number): boolean => id < 0 || id >= vocabSize;
  const wrong = inputs.find(isWrong) ?? targets.find((id) => id !== IGNORED_TARGET && isWrong(id));
  if (wrong !== undefined) {
    throw bad(`token ids below ${vocabSize}`, `${wrong}`, 'use the tokenizer that belongs to this model');
  }
}
