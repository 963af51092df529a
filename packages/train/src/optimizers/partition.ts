import { SheepError, type Optimizer, type ParamTree } from '@sheep/core';
import type { Tensor } from '@tensorflow/tfjs-core';

/** Which optimizer a parameter belongs to. */
export type LabelOf<Label extends string> = (name: string, param: Tensor) => Label;

function requireLabel(name: string, label: string, labels: readonly string[]): void {
  if (labels.includes(label)) return;
  throw new SheepError('bad-option', {
    doing: `choosing the optimizer of ${name}`,
    expected: `one of the labels ${labels.join(', ')}`,
    received: label,
    remedy: 'give that label an optimizer',
  });
}

/**
 * An optimizer for each group of parameters. Norm and scale are of all gradients together, so a clip in front of it
 * counts for all. The groups share one state, in which the names of the parameters keep them apart.
 *
 * @param labelOf the group of a parameter; must not change from step to step.
 * @param optimizers by label.
 * @throws SheepError `bad-option` in `init` where a label has no optimizer.
 * @see `optax.partition`
 */
export function partition<Label extends string>(
  labelOf: LabelOf<Label>,
  optimizers: Readonly<Record<Label, Optimizer>>,
): Optimizer {
  const labels = Object.keys(optimizers);
  function partsOf(params: ParamTree): (readonly [Optimizer, ParamTree])[] {
    const parts = new Map<Label, { [name: string]: ParamTree[string] }>();
    for (const [name, param] of Object.entries(params)) {
      const label = labelOf(name, param);
      requireLabel(name, label, labels);
      parts.set(label, Object.assign(parts.get(label) ?? {}, { [name]: param }));
    }
    return [...parts].map(([label, part]) => [optimizers[label], part]);
  }
  return {
    init: (params) => Object.assign({}, ...partsOf(params).map(([optimizer, part]) => optimizer.init(part))),
    update(update, state) {
      for (const [optimizer, params] of partsOf(update.params)) optimizer.update({ ...update, params }, state);
    },
    weights(params, state) {
      const chosen = partsOf(params).map(([optimizer, part]) => optimizer.weights?.(part, state) ?? part);
      return Object.assign({ ...params }, ...chosen) as ParamTree;
    },
  };
}
