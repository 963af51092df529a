import type { UpdateTransform } from '@sheep/core';
import { clipByValue as clip, div, maximum, mul, scalar } from '@tensorflow/tfjs-core';
import { isPositive, requireOption } from './option-checks.js';

/**
 * Shortens gradients whose global norm is above `maximumNorm` to that norm: scale * max / max(norm, max).
 * The gradients are not rewritten; only the scale changes.
 *
 * @throws SheepError `bad-option` where the maximum is not a number above 0.
 * @see Pascanu, Mikolov and Bengio, https://arxiv.org/abs/1211.5063
 */
export function clipByGlobalNorm(maximumNorm: number): UpdateTransform {
  requireOption(isPositive(maximumNorm), 'a gradient clip', 'a norm above 0', maximumNorm);
  return (update) => ({
    ...update,
    scale: mul(update.scale, div(maximumNorm, maximum(update.norm, maximumNorm))),
  });
}

/**
 * Cuts every value of the gradients off at `maximum` and -`maximum`. In a chain with `clipByGlobalNorm` it stands behind
 * it: that one goes by the norm of the gradients as they were.
 *
 * @throws SheepError `bad-option` where the maximum is not a number above 0.
 * @see `torch.nn.utils.clip_grad_value_`
 */
export function clipByValue(maximum: number): UpdateTransform {
  requireOption(isPositive(maximum), 'a gradient clip', 'a value above 0', maximum);
  return (update) => {
    const { params, grads, scale } = update;
    const names = Object.keys(params).filter((name) => name in grads);
    const clipped = names.map((name) => [name, clip(mul(grads[name], scale), -maximum, maximum)]);
    return { ...update, grads: Object.fromEntries(clipped), scale: scalar(1) };
  };
}
