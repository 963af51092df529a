import { registerGradient, type NamedTensorMap, type Tensor, type TensorInfo } from '@tensorflow/tfjs-core';
import { isConstant } from './constants.js';
import { listOf, numbered, runKernel, setKernel, useComposed, type OpAttributes, type OpInputs } from './kernel.js';

/**
 * How an op is computed: in plain tfjs ops (the composed form), or by a backend's own kernels.
 * All results belong to the caller; everything else is disposed by the form itself.
 */
export interface OpForms<I extends OpInputs, A extends OpAttributes> {
  /**
   * The outputs, and behind them at most ten notes that the gradient wants to read again: tensors of their own,
   * neither inputs nor outputs.
   */
  forward(inputs: I, attributes: A): TensorInfo[];
  /**
   * The gradients of the inputs named by `wanted`, in that order.
   *
   * @param dy gradients of the outputs.
   * @param saved the inputs that the definition saves.
   * @param notes what `forward` returned behind the outputs.
   */
  gradient(dy: Tensor[], saved: I, notes: Tensor[], attributes: A, wanted: readonly string[]): TensorInfo[];
}

/** What {@link defineOp} makes an op of. */
export interface OpDefinition<I extends OpInputs, A extends OpAttributes> {
  /** In Pascal case; the kernels are `Sheep<Name>` and `Sheep<Name>Gradient`. */
  readonly name: string;
  readonly outputs: number;
  /** The inputs that the gradient reads again; each must always be given. */
  readonly saves: readonly (keyof I & string)[];
  /** The inputs that have a gradient. */
  readonly differentiable: readonly (keyof I & string)[];
  readonly composed: OpForms<I, A>;
}

/** A differentiable operation. Calling it runs the kernel of the backend in use, or else the composed form. */
export interface Op<I extends OpInputs, A extends OpAttributes> extends OpDefinition<I, A> {
  /** The outputs; the caller disposes them. */
  run(inputs: I, attributes: A): Tensor[];
}

const MOST_NOTES = 10;

/** Internal attributes that travel with the user's through tfjs's tape. */
interface Recorded<A> {
  attributes: A;
  wanted: readonly string[];
}

const forwardKernel = (op: { name: string }): string => `Sheep${op.name}`;
const gradientKernel = (op: { name: string }): string => `Sheep${op.name}Gradient`;

function unpack<I extends OpInputs, A extends OpAttributes>(
  op: OpDefinition<I, A>,
  inputs: NamedTensorMap,
): [dy: Tensor[], saved: I, notes: Tensor[]] {
  const saved = Object.fromEntries(op.saves.map((name) => [name, inputs[name]]));
  return [listOf('dy', inputs), saved as I, listOf('note', inputs)];
}

/**
 * Gives a backend its own kernels for an op, in place of earlier ones. Ops and models need not change.
 *
 * @param backendName tfjs's name of the backend, as in `wasm`.
 */
export function registerOpKernels<I extends OpInputs, A extends OpAttributes>(
  op: OpDefinition<I, A>,
  backendName: string,
  forms: OpForms<I, A>,
): void {
  setKernel<I, Recorded<A>>(forwardKernel(op), backendName, (inputs, { attributes }) =>
    forms.forward(inputs, attributes),
  );
  setKernel<NamedTensorMap, Recorded<A>>(gradientKernel(op), backendName, (inputs, { attributes, wanted }) => {
    const [dy, saved, notes] = unpack(op, inputs);
    return forms.gradient(dy, saved, notes, attributes, wanted);
  });
}

/**
 * Makes an op of its definition: records its gradient with tfjs and, on a backend that has no kernels for it,
 * lets the composed form be its kernels.
 */
export function defineOp<I extends OpInputs, A extends OpAttributes>(definition: OpDefinition<I, A>): Op<I, A> {
  const { outputs, saves, differentiable } = definition;
  registerGradient({
    kernelName: forwardKernel(definition),
    inputsToSave: [...saves],
    outputsToSave: Array.from({ length: outputs + MOST_NOTES }, (_, i) => i >= outputs),
    gradFunc: (dy, savedList, attrs) => {
      const recorded = attrs as unknown as Recorded<A>;
      const dys = (Array.isArray(dy) ? dy : [dy]).slice(0, outputs);
      const inputs = numbered('dy', dys);
      saves.forEach((name, i) => {
        inputs[name] = savedList[i];
      });
      numbered('note', savedList.slice(saves.length), inputs);
      const grads = runKernel(gradientKernel(definition), inputs, recorded);
      return Object.fromEntries(recorded.wanted.map((name, i) => [name, () => grads[i]]));
    },
  });
  return {
    ...definition,
    run(inputs, attributes) {
      const { composed } = definition;
      useComposed(forwardKernel(definition), (backendName) => registerOpKernels(definition, backendName, composed));
      const wanted = differentiable.filter((name) => inputs[name] !== undefined && !isConstant(inputs[name]));
      const results = runKernel(forwardKernel(definition), inputs, { attributes, wanted });
      // The tape keeps clones of the notes. Taken out of the list, which it shares, they get no gradients of zeros either.
      for (const note of results.splice(outputs)) note.dispose();
      return results;
    },
  };
}
