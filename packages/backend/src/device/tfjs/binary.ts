import { util, type TensorInfo } from '@tensorflow/tfjs-core';
import type { Device } from '../device.js';
import type { KernelName } from '../kernel-names.js';
import { broadcast } from './broadcast.js';
import { blocksOf, type Form, type Forms } from './form.js';

/** Arithmetic of two operands of one type: float32, or int32 where there is a kernel for it. */
const arithmetic =
  (float: KernelName, int?: KernelName): Form =>
  (device, { inputs }) => {
    const { a, b } = inputs;
    if (a.dtype !== b.dtype) return undefined;
    if (a.dtype === 'float32') return broadcast(device, float, [a, b], 'float32');
    return a.dtype === 'int32' && int ? broadcast(device, int, [a, b], 'int32') : undefined;
  };

/** Two operands of float32, by the names that tfjs has for them. */
const floats =
  (kernel: KernelName, first: string, second: string): Form =>
  (device, { inputs: { [first]: a, [second]: b } }) =>
    a.dtype === 'float32' && b.dtype === 'float32' ? broadcast(device, kernel, [a, b], 'float32') : undefined;

type Comparison = 'compare_less' | 'compare_less_equal' | 'compare_equal' | 'compare_not_equal';

/** A comparison of two operands that are both float32 or both int32; greater is less of them swapped. */
const comparison =
  (kernel: Comparison, swapped = false): Form =>
  (device, { inputs }) => {
    const { a, b } = inputs;
    if (a.dtype !== b.dtype || (a.dtype !== 'float32' && a.dtype !== 'int32')) return undefined;
    const operands = swapped ? ([b, a] as const) : ([a, b] as const);
    return broadcast(device, a.dtype === 'int32' ? `${kernel}_int` : kernel, operands, 'bool');
  };

const logical =
  (kernel: KernelName): Form =>
  (device, { inputs }) => {
    const { a, b } = inputs;
    return a.dtype === 'bool' && b.dtype === 'bool' ? broadcast(device, kernel, [a, b], 'bool') : undefined;
  };

/** The sum of at least two tensors that are all float32 or all int32. */
const addN: Form = (device, { inputs }) => {
  const [first, second, ...rest] = inputs as unknown as TensorInfo[];
  const { dtype } = first;
  if (!second || (dtype !== 'float32' && dtype !== 'int32')) return undefined;
  if ([second, ...rest].some((tensor) => tensor.dtype !== dtype)) return undefined;
  const kernel = dtype === 'int32' ? 'binary_add_int' : 'binary_add';
  const sum = broadcast(device, kernel, [first, second], dtype)!;
  for (const tensor of rest) broadcast(device, kernel, [sum, tensor], dtype, sum);
  return sum;
};

/** Values of two tensors of one type, float32 or int32, by a condition for each of them. */
const select: Form = (device: Device, { inputs }) => {
  const { condition, t, e } = inputs;
  const count = util.sizeFromShape(t.shape);
  if (t.dtype !== e.dtype || (t.dtype !== 'float32' && t.dtype !== 'int32') || condition.dtype !== 'bool') {
    return undefined;
  }
  if (util.sizeFromShape(condition.shape) !== count || util.sizeFromShape(e.shape) !== count) return undefined;
  const places = [condition, t, e].map((tensor) => device.place(tensor));
  const y = device.backend.allocateOutput(t.shape, t.dtype);
  device.run('select_words', [...places, device.place(y), count], [], blocksOf(count));
  return y;
};

/** Kernels of two operands, and the choice between two. */
export const binaryForms: Forms = {
  Add: arithmetic('binary_add', 'binary_add_int'),
  AddN: addN,
  Sub: arithmetic('binary_subtract', 'binary_subtract_int'),
  Multiply: arithmetic('binary_multiply', 'binary_multiply_int'),
  RealDiv: arithmetic('binary_divide'),
  Maximum: arithmetic('binary_maximum', 'binary_maximum_int'),
  Minimum: arithmetic('binary_minimum', 'binary_minimum_int'),
  SquaredDifference: arithmetic('binary_squared_difference'),
  Prelu: floats('binary_prelu', 'x', 'alpha'),
  EluGrad: floats('binary_elu_gradient', 'dy', 'y'),
  Less: comparison('compare_less'),
  LessEqual: comparison('compare_less_equal'),
  Greater: comparison('compare_less', true),
  GreaterEqual: comparison('compare_less_equal', true),
  Equal: comparison('compare_equal'),
  NotEqual: comparison('compare_not_equal'),
  LogicalAnd: logical('logical_and'),
  LogicalOr: logical('logical_or'),
  Select: select,
};
