import { SheepError, type Optimizer, type ParamTree } from '@sheep/core';
import { matchesName } from '../name-pattern.js';
import { chain } from './chain.js';
import { partition } from './partition.js';
import { scaleLearningRate } from './scale-learning-rate.js';

/** Parameters that are trained with numbers of their own. */
export interface ParameterGroup {
  /** Patterns of their names, as in `transformer.h.0.*`. A parameter belongs to the first group that one of them fits. */
  readonly match: readonly string[];
  /** Multiplies the learning rate; 1 unless given. */
  readonly learningRateScale?: number | undefined;
  /** In place of the optimizer's; that unless given. */
  readonly weightDecay?: number | undefined;
}

const REST = 'rest';

function checkMatches(groups: readonly ParameterGroup[], params: ParamTree): void {
  const names = Object.keys(params);
  const idle = groups.flatMap(({ match }) => match).find((one) => !names.some((name) => matchesName(one, name)));
  if (idle === undefined) return;
  throw new SheepError('bad-option', {
    doing: "making an optimizer's groups",
    expected: 'patterns that fit a name of a parameter that is trained',
    received: `'${idle}', which fits none of ${names.slice(0, 4).join(', ')} and ${Math.max(0, names.length - 4)} more`,
    remedy: 'correct the pattern, in which * stands for any characters',
  });
}

/**
 * Optimizers of one kind for groups of parameters, and one for the rest.
 *
 * @param make the optimizer of a weight decay, undefined for that of the rest.
 * @throws SheepError `bad-option` in `init` where a pattern fits no parameter.
 */
export function withGroups(
  groups: readonly ParameterGroup[],
  make: (weightDecay: number | undefined) => Optimizer,
): Optimizer {
  const labelOf = (name: string): string => {
    const index = groups.findIndex(({ match }) => match.some((pattern) => matchesName(pattern, name)));
    return index < 0 ? REST : String(index);
  };
  const optimizers = groups.map(({ learningRateScale = 1, weightDecay }) =>
    chain(scaleLearningRate(learningRateScale), make(weightDecay)),
  );
  const parts = partition(labelOf, { ...Object.fromEntries(optimizers.entries()), [REST]: make(undefined) });
  return {
    ...parts,
    init(params) {
      checkMatches(groups, params);
      return parts.init(params);
    },
  };
}
