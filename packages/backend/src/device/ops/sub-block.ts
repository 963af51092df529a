import type { Activation, Dropout, NormKind, SubBlockInputs } from '@sheep/ops';
import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { Device } from '../device.js';
import { affine, affineGradients, fitsScratch, pick, type AffineOutputs } from './affine.js';
import { linearResidual, linearResidualGradients } from './linear-residual.js';

/** The gradients of a layer that are wanted, by the names that it has in half a block: that of its rows always. */
const wantedOf = (wanted: readonly string[], layer: 'input' | 'output'): string[] => [
  'x',
  ...['Weight', 'Bias'].flatMap((name) => (wanted.includes(layer + name) ? [name.toLowerCase()] : [])),
];

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

/** The gradients of half a block that are wanted, by the names of its inputs. `through` takes the gradient of `inner` to that of {@link enter}. */
export function subBlockGradients(
  device: Device,
  dy: TensorInfo,
  { inputs: { x, gain, inputWeight, outputWeight }, inner, normal, moments, slope }: SubBlockSaved,
  { kind, dropout }: { readonly kind: NormKind; readonly dropout?: Dropout },
  wanted: readonly string[],
  through: (dInner: TensorInfo) => TensorInfo = (dInner) => dInner,
): TensorInfo[] {
  const saved = { factor: inner, weight: outputWeight };
  const { x: dInner, ...output } = linearResidualGradients(device, dy, saved, dropout, wantedOf(wanted, 'output'));
  const dEntered = through(dInner);
  const norm = { x, gain, moments, kind, past: dy };
  const entered = { factor: normal, weight: inputWeight, slope, norm };
  const input = affineGradients(device, dEntered, entered, wantedOf(wanted, 'input'));
  device.dispose(dEntered);
  return pick(
    device,
    {
      x: input.x,
      gain: input.gain,
      shift: input.shift,
      inputWeight: input.weight,
      inputBias: input.bias,
      outputWeight: output.weight,
      outputBias: output.bias,
    },
    wanted,
  );
}
