import { add, less, mul, where, type Scalar, type Tensor, type Variable } from '@tensorflow/tfjs-core';

/**
 * Gives variables their new values where a norm is finite, and leaves every bit of them where it is not. The device
 * decides: nothing is read, and the new values may then be anything. Runs in a tidy of the caller's.
 */
export function assignIfFinite(norm: Scalar): (variable: Variable, value: Tensor) => void {
  // 0 times a finite number is 0, and NaN otherwise: nothing is below NaN.
  const limit = add(mul(norm, 0), Infinity);
  return (variable, value) => variable.assign(where(less(variable, limit), value, variable));
}
