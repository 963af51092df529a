import type { GradTree, ParamTree } from '@sheep/core';
import { globalNorm } from '@sheep/ops';
import type { Scalar } from '@tensorflow/tfjs-core';

/**
 * The norm over all values of a tree. Added up in the order of the names: a tree that was read from a file, where the
 * order is another one, has the same norm to the bit. The caller disposes it.
 */
export function treeNorm(tree: ParamTree | GradTree): Scalar {
  const names = Object.keys(tree).sort();
  return globalNorm(names.map((name) => tree[name]));
}
