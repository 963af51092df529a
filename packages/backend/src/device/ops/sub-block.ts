import type { Activation, Dropout, NormKind, SubBlockInputs } from '@sheep/ops';
import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { Device } from '../device.js';
import { affine, affineGradients, fitsScratch, type AffineOutputs } from './affine.js';
import { linearResidual, linearResidualGradients } from './linear-residual.js';

const ALL = ['x', 'weight', 'bias'];

/** Whether both layers of half a block fit into a thread's scratch; else it runs composed. */
export const layersFit = ({ inputWeight, outputWeight }: Pick<SubBlockInputs, 'inputWeight' | 'outputWeight'>) =>
  fitsScratch(...inputWeight.shape) && fitsScratch(...outputWeight.shape);

/** activation(input(norm(x))). */
export function enter(
  device: Device,
  { x, gain, shift, inputWeight: weight, inputBias: bias }: SubBlockInputs,
  { kind, epsilon }: { readonly kind: NormKind; readonly epsilon: number },
  activation: Activation = 'none',
): AffineOutputs {
  return affine(device, { x, weight, bias, activation, norm: { gain, shift, kind, epsilon } });
}

/** x + dropout(output(y)). */
export function leave(
  device: Device,
  y: TensorInfo,
  { x, outputWeight: weight, outputBias: bias }: SubBlockInputs,
  dropout: Dropout | undefined,
): TensorInfo {
  return linearResidual(device, { x: y, weight, bias, residual: x }, dropout);
}

/** What the gradients of half a block are made of. */
export interface SubBlockSaved {
  readonly inputs: Pick<SubBlockInputs, 'x' | 'gain' | 'inputWeight' | 'outputWeight'>;
  /** What {@link leave} was given. */
  readonly inner: TensorInfo;
  readonly normal: TensorInfo;
  readonly moments: TensorInfo;
  readonly slope?: TensorInfo;
}

/** The gradients of half a block by the names of its inputs. `through` takes the gradient of `inner` to that of {@link enter}. */
export function subBlockGradients(
  device: Device,
  dy: TensorInfo,
  { inputs: { x, gain, inputWeight, outputWeight }, inner, normal, moments, slope }: SubBlockSaved,
  { kind, dropout }: { readonly kind: NormKind; readonly dropout?: Dropout },
  through: (dInner: TensorInfo) => TensorInfo = (dInner) => dInner,
): Record<string, TensorInfo> {
  const saved = { factor: inner, weight: outputWeight };
  const { x: dInner, ...output } = linearResidualGradients(device, dy, saved, dropout, ALL);
  const dEntered = through(dInner);
  const norm = { x, gain, moments, kind, past: dy };
  const input = affineGradients(device, dEntered, { factor: normal, weight: inputWeight, slope, norm }, ALL);
  device.dispose(dEntered);
  return {
    x: input.x,
    gain: input.gain,
    shift: input.shift,
    inputWeight: input.weight,
    inputBias: input.bias,
    outputWeight: output.weight,
    outputBias: output.bias,
  };
}
