import type { decodeHalvesOp, encodeHalvesOp } from '@sheep/ops';
import { util } from '@tensorflow/tfjs-core';
import type { Device } from '../device.js';
import { BLOCK_VALUES } from '../kernels/blocks.js';

const decoders = { F16: 'decode_f16', BF16: 'decode_bf16' } as const;
const encoders = { F16: 'encode_f16', BF16: 'encode_bf16' } as const;

/** The kernel of `decodeHalves`. */
export function decodeHalvesKernel(device: Device): (typeof decodeHalvesOp)['composed'] {
  return ({ pairs }, { dtype, count }) => {
    const from = device.place(pairs);
    const y = device.output([count]);
    device.run(decoders[dtype], [from, device.place(y), count], [], Math.ceil(count / BLOCK_VALUES));
    return [y];
  };
}

/** The kernel of `encodeHalves`. */
export function encodeHalvesKernel(device: Device): (typeof encodeHalvesOp)['composed'] {
  return ({ x }, { dtype }) => {
    const count = util.sizeFromShape(x.shape);
    const from = device.place(x);
    const pairs = device.backend.allocateOutput([Math.ceil(count / 2)], 'int32');
    device.run(encoders[dtype], [from, device.place(pairs), count], [], Math.ceil(count / BLOCK_VALUES));
    return [pairs];
  };
}
