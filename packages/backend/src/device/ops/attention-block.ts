import { attentionBlockOp, type SubBlockInputs } from '@sheep/ops';
import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { Device } from '../device.js';
import { attend, attendGradient, fitsTiles } from './attention.js';
import { enter, layersFit, leave, subBlockGradients } from './sub-block.js';

type Saved = Pick<SubBlockInputs, 'x' | 'inputWeight' | 'outputWeight'>;

const fits = (inputs: Saved, { headCount }: { readonly headCount: number }): boolean =>
  layersFit(inputs) && fitsTiles(inputs.x.shape[2], headCount);

/** Kernels of `attentionBlock`. Their notes: qkv, the output of attention and its sums, and the notes of `normLinear`. */
export function attentionBlockForms(device: Device): (typeof attentionBlockOp)['composed'] {
  const { composed } = attentionBlockOp;
  return {
    forward(inputs, attributes) {
      if (!fits(inputs, attributes)) return composed.forward(inputs, attributes);
      const { headCount, attentionDropout, dropout } = attributes;
      const { y: qkv, normal, moments } = enter(device, inputs, attributes);
      const [inner, sums] = attend(device, qkv, { headCount, dropout: attentionDropout });
      const y = leave(device, inner, inputs, dropout);
      return [y, qkv, inner, sums, normal, moments].filter((tensor) => tensor !== undefined);
    },
    gradient(dys, inputs, notes, attributes, wanted) {
      if (!fits(inputs, attributes)) return composed.gradient(dys, inputs, notes, attributes, wanted);
      const { headCount, attentionDropout } = attributes;
      const [qkv, inner, sums, normal, moments] = notes;
      const saved = { inputs, inner, normal, moments };
      const through = (dInner: TensorInfo): TensorInfo => {
        const dqkv = attendGradient(device, dInner, qkv, [inner, sums], { headCount, dropout: attentionDropout });
        device.dispose(dInner);
        return dqkv;
      };
      return subBlockGradients(device, dys[0], saved, attributes, wanted, through);
    },
  };
}
