import { backend_util, util, type CastAttrs, type NamedAttrMap, type TensorInfo } from '@tensorflow/tfjs-core';
import type { Device } from '../device.js';
import { isHeapType, type HeapType } from '../tensors/values.js';
import type { KernelName } from '../kernel-names.js';
import { blocksOf, type Form, type Forms } from './form.js';

/** The values of a pointwise kernel of one tensor. */
function pointwise(
  device: Device,
  kernel: KernelName,
  x: TensorInfo,
  { dtype = 'float32', parameters = [] }: { dtype?: HeapType; parameters?: readonly number[] } = {},
): TensorInfo {
  const count = util.sizeFromShape(x.shape);
  const from = device.place(x);
  const y = device.backend.allocateOutput(x.shape, dtype);
  device.run(kernel, [from, device.place(y), count], parameters, blocksOf(count));
  return y;
}

/** A function of float32 values. `parameters`: what the kernel takes of the attributes. */
const unary =
  (kernel: KernelName, parameters?: (attrs: NamedAttrMap) => readonly unknown[]): Form =>
  (device, { inputs, attrs }) => {
    const { x } = inputs;
    if (x.dtype !== 'float32') return undefined;
    return pointwise(device, kernel, x, parameters && { parameters: parameters(attrs) as readonly number[] });
  };

/** Casts between float32, int32 and bool that change the type. */
const cast: Form = (device, { inputs, attrs }) => {
  const { x } = inputs;
  const { dtype } = attrs as unknown as CastAttrs;
  if (x.dtype === dtype || !isHeapType(x.dtype) || !isHeapType(dtype)) return undefined;
  return pointwise(device, castKernels[x.dtype][dtype]!, x, { dtype });
};

const castKernels: Readonly<Record<HeapType, Partial<Record<HeapType, KernelName>>>> = {
  float32: { int32: 'cast_float_to_int', bool: 'cast_float_to_bool' },
  int32: { float32: 'cast_int_to_float', bool: 'cast_int_to_bool' },
  bool: { float32: 'cast_bool_to_float', int32: 'cast_bool_to_int' },
};

const logicalNot: Form = (device, { inputs }) => {
  const { x } = inputs;
  return x.dtype === 'bool' ? pointwise(device, 'logical_not', x, { dtype: 'bool' }) : undefined;
};

/** Twice the largest exponent that is multiplied out. */
const MOST_HALVES = 16;

/** float32 to the power of one number that is a multiple of 1/2 between -8 and 8: products, a root, a quotient. */
const power: Form = (device, { inputs }) => {
  const { a, b } = inputs;
  if (a.dtype !== 'float32' || b.dtype !== 'float32' || util.sizeFromShape(b.shape) !== 1) return undefined;
  const halves = 2 * device.backend.view(b)[0];
  if (!Number.isInteger(halves) || Math.abs(halves) > MOST_HALVES) return undefined;
  const shape = backend_util.assertAndGetBroadcastShape(a.shape, b.shape);
  return { ...pointwise(device, 'unary_power', a, { parameters: [halves, 0] }), shape };
};

/** Kernels of one operand, and powers. */
export const unaryForms: Forms = {
  Abs: unary('unary_absolute'),
  Cast: cast,
  Ceil: unary('unary_ceil'),
  ClipByValue: unary('unary_clip', ({ clipValueMin, clipValueMax }) => [clipValueMin, clipValueMax]),
  Elu: unary('unary_elu'),
  Erf: unary('pointwise_erf'),
  Exp: unary('pointwise_exp'),
  Floor: unary('unary_floor'),
  LeakyRelu: unary('unary_leaky_relu', ({ alpha }) => [alpha]),
  Log: unary('pointwise_log'),
  LogicalNot: logicalNot,
  Neg: unary('unary_negate'),
  Pow: power,
  Reciprocal: unary('unary_reciprocal'),
  Relu: unary('unary_relu'),
  Relu6: unary('unary_clip', () => [0, 6]),
  Round: unary('unary_round'),
  Rsqrt: unary('unary_inverse_root'),
  Sigmoid: unary('pointwise_logistic'),
  Sign: unary('unary_sign'),
  Sqrt: unary('unary_root'),
  Square: unary('unary_square'),
  Step: unary('unary_step', ({ alpha }) => [alpha]),
  Tanh: unary('pointwise_tanh'),
};
