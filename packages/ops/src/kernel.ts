import {
  engine,
  getKernel,
  registerKernel,
  Tensor,
  tidy,
  unregisterKernel,
  type NamedAttrMap,
  type NamedTensorMap,
  type TensorInfo,
} from '@tensorflow/tfjs-core';

/** The tensors that go into an op, by name. An optional one that is not given is undefined. */
export type OpInputs = { readonly [name: string]: Tensor | undefined };

/** The numbers, strings and flags that go into an op. */
export type OpAttributes = object;

/** A computation registered with tfjs for one backend. What it makes besides its results is disposed behind it. */
export type Kernel<I extends OpInputs, A extends OpAttributes> = (inputs: I, attributes: A) => TensorInfo[];

/** Registers a kernel, in place of an earlier one of that name. */
export function setKernel<I extends OpInputs, A extends OpAttributes>(
  kernelName: string,
  backendName: string,
  kernel: Kernel<I, A>,
): void {
  if (getKernel(kernelName, backendName)) unregisterKernel(kernelName, backendName);
  registerKernel({
    kernelName,
    backendName,
    kernelFunc({ inputs, attrs }) {
      let results: TensorInfo[] = [];
      tidy(() => {
        results = kernel(inputs as unknown as I, attrs as unknown as A);
        // A tidy looks for tensors in all that it is given, also in the shapes of what a device's kernel returns.
        return results.filter((result) => result instanceof Tensor);
      });
      return results;
    },
  });
}

/** Calls `register` for the backend in use unless it has a kernel of that name. */
export function useComposed(kernelName: string, register: (backendName: string) => void): void {
  const { backendName } = engine();
  if (!getKernel(kernelName, backendName)) register(backendName);
}

/** Runs a kernel through tfjs's engine, which records it where a gradient is being taken. */
export function runKernel(kernelName: string, inputs: OpInputs, attributes: OpAttributes): Tensor[] {
  const given: NamedTensorMap = {};
  for (const name of Object.keys(inputs)) {
    const tensor = inputs[name];
    if (tensor !== undefined) given[name] = tensor;
  }
  return engine().runKernel(kernelName, given, attributes as NamedAttrMap) as unknown as Tensor[];
}

const keys = new Map<string, string[]>();

/** `prefix:index`, made once: an optimizer asks for hundreds of them a step. */
function keyOf(prefix: string, index: number): string {
  let made = keys.get(prefix);
  if (!made) keys.set(prefix, (made = []));
  return (made[index] ??= `${prefix}:${index}`);
}

/** Adds a list of tensors to named inputs: `prefix:0`, `prefix:1`, … */
export function numbered<T extends Tensor>(
  prefix: string,
  tensors: readonly T[],
  inputs: { [name: string]: T } = {},
): { [name: string]: T } {
  tensors.forEach((tensor, i) => {
    inputs[keyOf(prefix, i)] = tensor;
  });
  return inputs;
}

/** The list that {@link numbered} made into named inputs. */
export function listOf<T extends Tensor = Tensor>(prefix: string, inputs: OpInputs): T[] {
  const list: T[] = [];
  for (let tensor = inputs[keyOf(prefix, 0)]; tensor !== undefined; tensor = inputs[keyOf(prefix, list.length)]) {
    list.push(tensor as T);
  }
  return list;
}

/** An operation over lists of tensors that has no gradient: what an optimizer is made of. */
export interface ListOp<I extends OpInputs, A extends OpAttributes> {
  readonly name: string;
  readonly composed: Kernel<I, A>;
  run(inputs: I, attributes: A): Tensor[];
}

/** Makes an operation without a gradient; on a backend that has no kernel for it the composed form is used. */
export function defineListOp<I extends OpInputs, A extends OpAttributes>(
  name: string,
  composed: Kernel<I, A>,
): ListOp<I, A> {
  const kernelName = `Sheep${name}`;
  return {
    name,
    composed,
    run(inputs, attributes) {
      useComposed(kernelName, (backendName) => setKernel(kernelName, backendName, composed));
      return runKernel(kernelName, inputs, attributes);
    },
  };
}

/** Gives a backend its own kernel for a list op. */
export function registerListKernel<I extends OpInputs, A extends OpAttributes>(
  op: ListOp<I, A>,
  backendName: string,
  kernel: Kernel<I, A>,
): void {
  setKernel(`Sheep${op.name}`, backendName, kernel);
}
