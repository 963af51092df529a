import type { NamedAttrMap, TensorInfo } from '@tensorflow/tfjs-core';
import type { Device } from '../device.js';
import { BLOCK_VALUES } from '../kernels/blocks.js';

/** What tfjs hands to a kernel: inputs by their names (a list for some kernels), and attributes. */
export interface KernelInputs {
  readonly inputs: Readonly<Record<string, TensorInfo>>;
  readonly attrs: NamedAttrMap;
}

/**
 * A kernel of tfjs on the heap. It returns undefined, before it did anything, for types and shapes that it is not made
 * for: these are tfjs-backend-cpu's.
 */
export type Form = (device: Device, call: KernelInputs) => TensorInfo | TensorInfo[] | undefined;

/** Forms by the names that tfjs has for the kernels. */
export type Forms = Readonly<Record<string, Form>>;

/** The number of blocks of a pointwise kernel. */
export const blocksOf = (count: number): number => Math.ceil(count / BLOCK_VALUES);
