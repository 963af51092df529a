import type { StepContext } from '@sheep/core';

/** The entries of a tree that are trained; all of them unless a choice is given. The tensors stay the tree's. */
export function trainableOf<T>(
  tree: Readonly<Record<string, T>>,
  trainable: StepContext['trainable'],
): Readonly<Record<string, T>> {
  return trainable ? Object.fromEntries(Object.entries(tree).filter(([name]) => trainable(name))) : tree;
}
