import type { GradTree, LossSum, ParamTree, StepContext } from '@sheep/core';
import { add, dispose, engine, keep, tidy, variable, zerosLike, type Tensor } from '@tensorflow/tfjs-core';
import { withConstants } from './constants.js';

/** Disposes all tensors of a tree. */
export function disposeTree(tree: ParamTree | GradTree): void {
  dispose(Object.values(tree));
}

/** A tree of zeros in the shape of another; the caller owns it. */
export function zerosTree(like: ParamTree, prefix = ''): ParamTree {
  return tidy(() =>
    Object.fromEntries(Object.entries(like).map(([name, tensor]) => [prefix + name, variable(zerosLike(tensor))])),
  );
}

/** Makes every gradient of a tree zero again and frees its memory. */
export function clearGradients(grads: GradTree): void {
  for (const name of Object.keys(grads)) {
    grads[name].dispose();
    delete grads[name];
  }
}

/** Adds a gradient to those of a tree, in a tidy of the caller's that made the gradient; the sum is the tree's. */
export function addGradient(into: GradTree, name: string, gradient: Tensor): void {
  const before = into[name];
  into[name] = keep(before ? add(before, gradient) : gradient);
  before?.dispose();
}

/**
 * Gives any model its `lossAndGradients`: runs `compute`, which returns sums of loss and correct targets made of
 * differentiable ops on the parameters, and adds the gradients of the loss to `into`.
 *
 * @param trainable the parameters whose gradients are wanted, by name; all unless given.
 * @returns what `compute` returned; the caller disposes its tensors.
 */
export function differentiate(
  params: ParamTree,
  into: GradTree,
  compute: () => LossSum,
  trainable: StepContext['trainable'] = () => true,
): LossSum {
  return tidy(() => {
    let result: LossSum | undefined;
    const forward = () => {
      result = compute();
      keep(result.correct);
      return result.loss;
    };
    const names = Object.keys(params).filter(trainable);
    const variables = names.map((name) => params[name]);
    // A matrix that is tied has two names, of which one may be frozen.
    const constants = Object.values(params).filter((param) => !variables.includes(param));
    const { value, grads } = withConstants(constants, () => engine().gradients(forward, variables, undefined, true));
    grads.forEach((gradient, i) => {
      if (gradient) addGradient(into, names[i], gradient);
    });
    const { correct: kept, count } = result as LossSum;
    const correct = kept.clone();
    kept.dispose();
    return { loss: value as LossSum['loss'], correct, count };
  });
}
