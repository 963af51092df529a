import { getKernel, registerKernel, unregisterKernel, type KernelFunc } from '@tensorflow/tfjs-core';
import type { Device } from '../device.js';
import { binaryForms } from './binary.js';
import { fillForms } from './fill.js';
import type { Form, KernelInputs } from './form.js';
import { gatherForms } from './gather.js';
import { matMulForms } from './mat-mul.js';
import { movementForms } from './movement.js';
import { partForms } from './parts.js';
import { reduceForms } from './reduce.js';
import { softmaxForms } from './softmax.js';
import { unaryForms } from './unary.js';

const forms = {
  ...binaryForms,
  ...fillForms,
  ...gatherForms,
  ...matMulForms,
  ...movementForms,
  ...partForms,
  ...reduceForms,
  ...softmaxForms,
  ...unaryForms,
};

function withForm(device: Device, form: Form, stock: KernelFunc): KernelFunc {
  return (call) => form(device, call as unknown as KernelInputs) ?? stock(call);
}

/**
 * Puts kernels on the heap in the place of tfjs's most common ones, for the device of that name, which has
 * tfjs-backend-cpu's. Which of the two computes follows from the types and shapes of the inputs alone: a form that is not
 * made for them says so, and the kernel that was there before computes.
 */
export function registerTfjsKernels(name: string, device: Device): void {
  for (const [kernelName, form] of Object.entries(forms)) {
    const stock = getKernel(kernelName, name);
    unregisterKernel(kernelName, name);
    registerKernel({ ...stock, kernelFunc: withForm(device, form, stock.kernelFunc) });
  }
}
