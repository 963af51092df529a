import type { GradTree, Optimizer, ParamTree } from '@sheep/core';
import { disposeTree, globalNorm } from '@sheep/ops';
import {
  add,
  mul,
  scalar,
  slice,
  square,
  sub,
  sum,
  tensor,
  tidy,
  valueAndGrad,
  variable,
  type Scalar,
  type Tensor,
} from '@tensorflow/tfjs-core';

type Values = Readonly<Record<string, number[] | number[][]>>;

/** Parameters of given values. */
export const treeOf = (values: Values): ParamTree =>
  tidy(() => Object.fromEntries(Object.entries(values).map(([name, value]) => [name, variable(tensor(value))])));

/** The values of a tree. */
export const valuesOf = (tree: ParamTree) =>
  Object.fromEntries(Object.entries(tree).map(([name, value]) => [name, [...value.dataSync()]]));

/** The bytes of a tree. */
export const bitsOf = (tree: ParamTree) =>
  Object.fromEntries(
    Object.entries(tree).map(([name, value]) => [
      name,
      Buffer.from(Float32Array.from(value.dataSync()).buffer).toString('hex'),
    ]),
  );

/** What an update is called with. */
export interface UpdateNumbers {
  readonly step?: number;
  readonly learningRate: number;
  readonly scale?: number;
  /** That of the scaled gradients unless given. */
  readonly norm?: number;
}

/** One update, as `trainStep` calls it. */
export function takeUpdate(
  optimizer: Optimizer,
  trees: { readonly params: ParamTree; readonly state: ParamTree },
  grads: GradTree,
  { step = 1, learningRate, scale = 1, norm }: UpdateNumbers,
): void {
  tidy(() => {
    const found: Scalar = norm === undefined ? mul(globalNorm(Object.values(grads)), scale) : scalar(norm);
    const update = { params: trees.params, grads, step, learningRate, scale: scalar(scale), norm: found };
    optimizer.update(update, trees.state);
  });
}

/** Where steps with a rate that falls to 0 lead, from a start of two values. */
export function minimize(
  optimizer: Optimizer,
  f: (x: Tensor) => Scalar,
  { start, steps, rate }: { readonly start: number[]; readonly steps: number; readonly rate: number },
): number[] {
  const params = treeOf({ matrix: [start] });
  const trees = { params, state: optimizer.init(params) };
  const gradientOf = valueAndGrad(f);
  for (let step = 1; step <= steps; step += 1) {
    const { value, grad } = gradientOf(params.matrix);
    takeUpdate(optimizer, trees, { matrix: grad }, { step, learningRate: rate * (1 - step / (steps + 1)) });
    value.dispose();
    grad.dispose();
  }
  const found = [...params.matrix.dataSync()];
  Object.values(trees).forEach(disposeTree);
  return found;
}

/** A sum of squares around a center, of two values. */
export const parabola =
  (center: number[], steepness: number[]) =>
  (x: Tensor): Scalar =>
    sum(mul(tensor([steepness]), square(sub(x, tensor([center])))));

/** (1 - x)^2 + 100 (y - x^2)^2, lowest at (1, 1). */
export function rosenbrock(p: Tensor): Scalar {
  const [x, y] = [slice(p, [0, 0], [1, 1]), slice(p, [0, 1], [1, 1])];
  return sum(add(square(sub(1, x)), mul(100, square(sub(y, square(x))))));
}
