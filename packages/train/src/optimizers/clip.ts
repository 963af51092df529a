import { SheepError, type UpdateTransform } from '@sheep/core';
import { div, maximum, mul } from '@tensorflow/tfjs-core';

/**
 * Shortens gradients whose global norm is above `maximumNorm` to that norm: scale * max / max(norm, max).
 * The gradients are not rewritten; only the scale changes.
 *
 * @throws SheepError `bad-option` where the maximum is not a number above 0.
 * @see Pascanu, Mikolov and Bengio, https://arxiv.org/abs/1211.5063
 */
export function clipByGlobalNorm(maximumNorm: number): UpdateTransform {
  if (!(maximumNorm > 0 && maximumNorm < Infinity)) {
    throw new SheepError('bad-option', {
      doing: 'making a gradient clip',
      expected: 'a norm above 0',
      received: `${maximumNorm}`,
      remedy: 'give such a norm, or leave the clip out',
    });
  }
  return (update) => ({
    ...update,
    scale: mul(update.scale, div(maximumNorm, maximum(update.norm, maximumNorm))),
  });
}
