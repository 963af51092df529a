import type { Tensor3D } from '@tensorflow/tfjs-core';
import type { Activation } from './activation.js';
import { defineOp } from './op.js';
import {
  attributesOf,
  enter,
  enterGradients,
  inputsOf,
  leave,
  leaveGradients,
  subBlock,
  type SubBlockAttributes,
  type SubBlockInputs,
  type SubBlockLayers,
  type SubBlockOptions,
} from './sub-block.js';

/** What {@link mlpBlock} needs besides its tensors. */
export interface MlpBlockOptions extends SubBlockOptions {
  readonly activation: Activation;
}

/** The op behind {@link mlpBlock}. Its notes: the inner activations, and what `normLinear` notes. */
export const mlpBlockOp = defineOp<SubBlockInputs, SubBlockAttributes & { readonly activation: Activation }>({
  name: 'MlpBlock',
  ...subBlock,
  composed: {
    forward(inputs, attributes) {
      const [hidden, ...entered] = enter(inputs, attributes);
      return [leave(hidden, inputs, attributes), hidden, ...entered];
    },
    gradient([dy], inputs, [hidden, ...entered], attributes, wanted) {
      const { dInner, ofOutput } = leaveGradients(dy, hidden, inputs, attributes);
      const gradients = { ...enterGradients(dInner, dy, inputs, entered, attributes), ...ofOutput };
      return wanted.map((name) => gradients[name as keyof typeof gradients]);
    },
  },
});

/**
 * The second half of a pre-norm transformer block as one op: x + dropout(output(activation(input(norm(x))))).
 *
 * @param x (B, T, C). @param layers input (C, M), output (M, C).
 * @returns (B, T, C).
 */
export function mlpBlock(x: Tensor3D, layers: SubBlockLayers, options: MlpBlockOptions): Tensor3D {
  const attributes = { ...attributesOf(layers, options), activation: options.activation };
  return mlpBlockOp.run(inputsOf(x, layers), attributes)[0] as Tensor3D;
}
