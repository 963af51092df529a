import { SheepError } from '@sheep/core';
import {
  findBackendFactory,
  getKernelsForBackend,
  registerBackend,
  registerKernel,
  type CastAttrs,
  type KernelConfig,
  type KernelFunc,
  type TensorInfo,
} from '@tensorflow/tfjs-core';
import type { Allocator } from '../heap/allocator.js';
import { HeapBackend } from './heap-backend.js';
import { isHeapType } from './values.js';

/** tfjs-backend-cpu's Cast relabels an int32 as float32 and keeps its values; in a heap they must become floats. */
function castTo(x: TensorInfo, dtype: 'float32' | 'int32', device: HeapBackend): TensorInfo {
  const cast = device.allocateOutput(x.shape, dtype);
  device.view(cast).set(device.view(x));
  return cast;
}

function stockKernel(stock: KernelConfig, backendName: string, device: HeapBackend): KernelConfig {
  const run: KernelFunc = (call) => device.runStock(() => stock.kernelFunc(call));
  const cast: KernelFunc = (call) => {
    const x = call.inputs.x as TensorInfo;
    const { dtype } = call.attrs as unknown as CastAttrs;
    const asNumber = dtype === 'float32' || dtype === 'int32';
    return x.dtype !== dtype && isHeapType(x.dtype) && asNumber ? castTo(x, dtype, device) : run(call);
  };
  return { ...stock, backendName, kernelFunc: stock.kernelName === 'Cast' ? cast : run };
}

/**
 * Makes a heap a device of tfjs: a backend of that name, not yet the one in use, with all the kernels that
 * tfjs-backend-cpu has. Kernels of our own are registered over them.
 *
 * @throws SheepError `exists` where a backend of that name is registered.
 */
export function registerDevice(name: string, allocator: Allocator): HeapBackend {
  if (findBackendFactory(name)) {
    throw new SheepError('exists', {
      doing: `registering the device ${name}`,
      expected: 'a name that no TensorFlow.js backend has',
      received: `'${name}', which one has`,
      remedy: 'open it once and use it again',
    });
  }
  const backend = new HeapBackend(allocator);
  registerBackend(name, () => backend, 0);
  for (const kernel of getKernelsForBackend('cpu')) {
    // A composed form that an op of ours registered runs many kernels; it registers itself here too.
    if (!kernel.kernelName.startsWith('Sheep')) registerKernel(stockKernel(kernel, name, backend));
  }
  return backend;
}
