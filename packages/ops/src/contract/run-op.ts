import { dispose, engine, keep, tidy, type Tensor } from '@tensorflow/tfjs-core';
import { differentiableOps } from './cases.js';

/** A call of an op of `differentiableOps`. */
export interface OpCall {
  readonly op: string;
  readonly inputs: Readonly<Record<string, Tensor>>;
  readonly attributes: Readonly<Record<string, unknown>>;
  /** The inputs whose gradients are wanted. */
  readonly wanted: readonly string[];
  /** The gradient of the first output. */
  readonly dy: Tensor;
}

/** Runs an op forward and backward on the backend in use: `out/<name>` and `grad/<name>`, the caller's. */
export function runOp({ op, inputs, attributes, wanted, dy }: OpCall): Record<string, Tensor> {
  const call = differentiableOps[op];
  let outputs: Record<string, Tensor> = {};
  const forward = () => {
    outputs = call(inputs, attributes);
    const [first, ...others] = Object.values(outputs);
    others.forEach(keep);
    return first;
  };
  const grads = tidy(() => {
    const xs = wanted.map((name) => inputs[name]);
    const { value, grads } = engine().gradients(forward, xs, dy);
    outputs[Object.keys(outputs)[0]] = keep(value);
    return grads.map(keep);
  });
  return Object.fromEntries([
    ...Object.entries(outputs).map(([name, tensor]) => [`out/${name}`, tensor] as const),
    ...grads.map((gradient, i) => [`grad/${wanted[i]}`, gradient] as const),
  ]);
}

/** Reads tensors and disposes them. */
export async function readAll(tensors: Record<string, Tensor>): Promise<Map<string, Float32Array>> {
  const values = await Promise.all(
    Object.entries(tensors).map(async ([name, one]) => [name, (await one.data()) as Float32Array] as const),
  );
  dispose(tensors);
  return new Map(values);
}
