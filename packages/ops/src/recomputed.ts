import { customGrad, engine, tidy, type Tensor } from '@tensorflow/tfjs-core';

/** Takes gradients while others are being taken: tfjs keeps one tape, and forgets it when the inner ones are done. */
function nested<T>(compute: () => T): T {
  const { state } = engine();
  const { activeTape } = state;
  try {
    return compute();
  } finally {
    state.activeTape = activeTape;
  }
}

/**
 * The output of a part of a model of which the gradient remembers nothing but the input: the backward pass computes the
 * part again, to the same bits, and only then holds what lies within. Also known as gradient checkpointing.
 *
 * @param part differentiable ops on its argument and on `weights`; must give the same values each time.
 * @param weights the tensors besides x whose gradients are wanted.
 * @returns the part's output; the caller disposes it.
 * @see Chen et al., "Training deep nets with sublinear memory cost", https://arxiv.org/abs/1604.06174
 */
export function recomputed<T extends Tensor>(part: (x: T) => T, x: T, weights: readonly Tensor[]): T {
  return customGrad((...inputs) => {
    const save = inputs.at(-1) as unknown as (tensors: Tensor[]) => void;
    save([x]);
    return {
      value: part(x),
      gradFunc: (dy: T, [saved]: Tensor[]) =>
        nested(() =>
          tidy(() => {
            const again = () => part(saved as T);
            return engine().gradients(again, [saved, ...weights], dy, true).grads;
          }),
        ),
    };
  })(x, ...weights) as T;
}
