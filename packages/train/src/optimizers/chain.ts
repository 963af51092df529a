import type { Optimizer, UpdateTransform } from '@sheep/core';

/** An optimizer behind transforms: each hands its update to the next, the optimizer comes last. */
export function chain(...pieces: [...transforms: UpdateTransform[], last: Optimizer]): Optimizer {
  const transforms = pieces.slice(0, -1) as UpdateTransform[];
  const last = pieces.at(-1) as Optimizer;
  return {
    init: (params) => last.init(params),
    update: (update, state) =>
      last.update(
        transforms.reduce((current, transform) => transform(current), update),
        state,
      ),
    weights: (params, state) => last.weights?.(params, state) ?? params,
  };
}
