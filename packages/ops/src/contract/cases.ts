import type { Tensor, Tensor1D, Tensor2D, Tensor3D } from '@tensorflow/tfjs-core';
import { gelu, silu, type Activation } from '../activation.js';
import { attention } from '../attention.js';
import { attentionBlock, type AttentionBlockOptions } from '../attention-block.js';
import { dropout, type Dropout } from '../dropout.js';
import { embed } from '../embed.js';
import { headLoss } from '../head-loss.js';
import { linear, linearActivation, linearResidual } from '../linear.js';
import { mlpBlock, type MlpBlockOptions } from '../mlp-block.js';
import { normLinear } from '../norm-linear.js';
import { layerNorm, rmsNorm } from '../normalize.js';
import { softmax } from '../softmax.js';
import type { SubBlockInputs } from '../sub-block.js';

type Inputs = Record<string, Tensor>;
type Attributes = Readonly<Record<string, unknown>>;

/** How the reference's names and attributes become a call of the op; the outputs by their names in the reference. */
type Call = (inputs: Inputs, attributes: Attributes) => Record<string, Tensor>;

const layer = ({ weight, bias }: Inputs) => ({ weight: weight as Tensor2D, bias: bias as Tensor1D | undefined });

function subBlock(inputs: Inputs) {
  const { x, gain, shift, inputWeight, inputBias, outputWeight, outputBias } = inputs as SubBlockInputs;
  const layers = {
    norm: { gain, shift },
    input: { weight: inputWeight, bias: inputBias },
    output: { weight: outputWeight, bias: outputBias },
  };
  return [x, layers] as const;
}

/** Every op that has a gradient, as its cases call it. */
export const differentiableOps: Readonly<Record<string, Call>> = {
  embed: ({ ids, tokens, positions }, { offset }) => ({
    y: embed(ids as Tensor2D, tokens as Tensor2D, positions as Tensor2D, offset as number),
  }),
  normLinear: ({ x, gain, shift, ...rest }, { epsilon, activation }) => {
    const norm = { gain: gain as Tensor1D, shift: shift as Tensor1D | undefined };
    const options = { epsilon: epsilon as number, activation: activation as Activation };
    return { y: normLinear(x, norm, layer(rest), options) };
  },
  linear: ({ x, ...rest }) => ({ y: linear(x, layer(rest)) }),
  linearActivation: ({ x, ...rest }, { activation }) => ({
    y: linearActivation(x, layer(rest), activation as Activation),
  }),
  linearResidual: ({ x, residual, ...rest }, { dropout }) => ({
    y: linearResidual(x, layer(rest), residual, dropout as Dropout | undefined),
  }),
  attention: ({ qkv }, { headCount, ...rest }) => ({
    y: attention(qkv as Tensor3D, { headCount: headCount as number, dropout: rest.dropout as Dropout | undefined }),
  }),
  attentionBlock: (inputs, attributes) => ({
    y: attentionBlock(...subBlock(inputs), attributes as unknown as AttentionBlockOptions),
  }),
  mlpBlock: (inputs, attributes) => ({
    y: mlpBlock(...subBlock(inputs), attributes as unknown as MlpBlockOptions),
  }),
  headLoss: ({ hidden, weight, targets }, { labelSmoothing }) => ({
    ...headLoss(hidden as Tensor2D, weight as Tensor2D, targets as Tensor1D, {
      labelSmoothing: labelSmoothing as number,
    }),
  }),
  layerNorm: ({ x, gain, shift }, { epsilon }) => ({
    y: layerNorm(x, gain as Tensor1D, shift as Tensor1D, { epsilon: epsilon as number }),
  }),
  rmsNorm: ({ x, gain }, { epsilon }) => ({ y: rmsNorm(x, gain as Tensor1D, { epsilon: epsilon as number }) }),
  gelu: ({ x }, { approximate }) => ({ y: gelu(x, approximate as 'tanh' | 'erf') }),
  silu: ({ x }) => ({ y: silu(x) }),
  softmax: ({ x }) => ({ y: softmax(x) }),
  dropout: ({ x }, { dropout: options }) => ({ y: dropout(x, options as Dropout) }),
};
