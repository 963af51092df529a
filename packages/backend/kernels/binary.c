// Arithmetic of two operands that broadcast. NaN stays NaN in the larger and the smaller of two, and +0 is larger than -0.
//
// Whole numbers are as tfjs-backend-cpu's: computed in double, then the lowest 32 bits.
#include "broadcast.h"

BROADCAST(binary_add, float, float, p + q)
BROADCAST(binary_subtract, float, float, p - q)
BROADCAST(binary_multiply, float, float, p * q)
BROADCAST(binary_divide, float, float, p / q)
BROADCAST(binary_maximum, float, float, __builtin_elementwise_maximum(p, q))
BROADCAST(binary_minimum, float, float, __builtin_elementwise_minimum(p, q))
BROADCAST(binary_squared_difference, float, float, (p - q) * (p - q))
BROADCAST(binary_prelu, float, float, p < 0 ? q * p : p)
// Of the gradient and the value of an ELU.
BROADCAST(binary_elu_gradient, float, float, q >= 0 ? p : p * (q + 1))

BROADCAST(binary_add_int, uint32_t, uint32_t, p + q)
BROADCAST(binary_subtract_int, uint32_t, uint32_t, p - q)
BROADCAST(binary_multiply_int, int32_t, int32_t, (int32_t)(int64_t)((double)p * (double)q))
BROADCAST(binary_maximum_int, int32_t, int32_t, p > q ? p : q)
BROADCAST(binary_minimum_int, int32_t, int32_t, p < q ? p : q)
