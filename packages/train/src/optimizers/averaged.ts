import type { Optimizer, ParamTree } from '@sheep/core';
import { add, mul, sub, tidy, variable, type Tensor } from '@tensorflow/tfjs-core';
import { assignIfFinite } from './assign-if-finite.js';
import { isShare, requireOption } from './option-checks.js';

const AVERAGE = 'average/';

/** A variable of its own: `variable(x)` alone would share x's memory, which kernels write in place. */
const copyOf = (x: Tensor) => tidy(() => variable(mul(x, 1)));

const copiesOf = (params: ParamTree): ParamTree =>
  Object.fromEntries(Object.entries(params).map(([name, param]) => [AVERAGE + name, copyOf(param)]));

/**
 * Keeps an exponential moving average of the weights, a = decay a + (1 - decay) p after each update, starting from the
 * weights after the first. Training goes on with the weights themselves; evaluated, sampled and published are the
 * averages.
 *
 * @param options.decay from 0 to below 1; the average spans about 1 / (1 - decay) steps.
 * @throws SheepError `bad-option` where the decay is none.
 * @see `get_ema_multi_avg_fn` of torch.optim.swa_utils
 */
export function averaged(optimizer: Optimizer, { decay }: { readonly decay: number }): Optimizer {
  requireOption(isShare(decay), 'an average of weights', 'a decay from 0 to below 1', decay);
  return {
    init: (params) => ({ ...optimizer.init(params), ...copiesOf(params) }),
    update(update, state) {
      optimizer.update(update, state);
      const { params, step, norm } = update;
      for (const [name, param] of Object.entries(params)) {
        const average = state[AVERAGE + name];
        const towards = () => add(average, mul(sub(param, average), 1 - decay));
        tidy(() => assignIfFinite(norm)(average, step === 1 ? param : towards()));
      }
    },
    weights: (params, state) =>
      Object.fromEntries(Object.entries(params).map(([name, param]) => [name, state[AVERAGE + name] ?? param])),
  };
}
