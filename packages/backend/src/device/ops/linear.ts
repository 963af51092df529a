import type { Activation, linearActivationOp } from '@sheep/ops';
import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { Device } from '../device.js';
import { activate, activateGradient } from './pointwise.js';
import { product, sumRows } from './products.js';

/** The gradients of x weight + bias, each made when asked for. */
export function affineGradients(device: Device, dy: TensorInfo, x: TensorInfo, weight: TensorInfo) {
  return {
    x: () => product(device, dy, weight, { transposeB: true }),
    weight: () => product(device, x, dy, { transposeA: true }),
    bias: () => sumRows(device, dy),
  };
}

/** What an op needs of the gradient before its activation, which is `dy` itself where it has none. */
export function withActivationGradient<T>(
  device: Device,
  dy: TensorInfo,
  before: TensorInfo,
  activation: Activation,
  use: (dBefore: TensorInfo) => T,
): T {
  if (activation === 'none') return use(dy);
  const dBefore = activateGradient(device, dy, before, activation);
  const result = use(dBefore);
  device.dispose(dBefore);
  return result;
}

/** Kernels of `linearActivation`. Its note is the input of the activation. */
export function linearActivationForms(device: Device): (typeof linearActivationOp)['composed'] {
  return {
    forward({ x, weight, bias }, { activation }) {
      const before = product(device, x, weight, { bias });
      return activation === 'none' ? [before] : [activate(device, before, activation), before];
    },
    gradient([dy], { x, weight }, [before], { activation }, wanted) {
      return withActivationGradient(device, dy, before, activation, (dBefore) => {
        const gradients = affineGradients(device, dBefore, x, weight);
        return wanted.map((name) => gradients[name as keyof typeof gradients]());
      });
    },
  };
}
