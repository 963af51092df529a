// Functions of one value with up to two parameters, in blocks of 16384 values. NaN stays NaN unless said.
#include "math.h"
#include "rows.h"

#define BLOCK 16384

typedef struct {
  ref x;
  ref y; // may be x
  int32_t count;
  float p;
  float q;
} unary_args;

INLINE void each(vf (*function)(vf x, float p, float q), char *heap, const unary_args *job, int32_t block) {
  const float *x = at(heap, job->x);
  float *y = at(heap, job->y), p = job->p, q = job->q;
  row_range values = rows_of(block, BLOCK, job->count);
  int32_t i = values.first;
  for (; i + VL <= values.end; i += VL) store(y + i, function(load(x + i), p, q));
  int32_t lanes = values.end - i;
  if (lanes > 0) store_lanes(y + i, function(load_lanes(x + i, lanes), p, q), lanes);
}

// To whole numbers; to the nearest, the even one of two.
#if defined(__x86_64__) && !defined(__SSE4_1__)
// Without an instruction for it the compiler would call libm, and not every one has roundeven().
INLINE vf round_even(vf x) {
  // Floats from 2^23 on are whole. The sign is that of x: -0 and what rounds to it stay negative.
  const vf rounder = with_sign(splat(0x1p23f), x);
  return choose(absolute(x) < 0x1p23f, with_sign(absolute(x + rounder - rounder), x), x);
}

INLINE vf floor(vf x) {
  vf whole = round_even(x);
  return choose(whole > x, whole - 1, whole);
}

INLINE vf ceil(vf x) { return (vf)((vi)floor((vf)((vi)x ^ SIGN_BIT)) ^ SIGN_BIT); }
#else
INLINE vf floor(vf x) { return __builtin_elementwise_floor(x); }
INLINE vf ceil(vf x) { return __builtin_elementwise_ceil(x); }
INLINE vf round_even(vf x) { return __builtin_elementwise_roundeven(x); }
#endif

// Defines the kernel `name`, whose values are the expression in x, p and q.
#define UNARY(name, expression)                                                                                        \
  INLINE vf name##_value(vf x, float p, float q) { return expression; }                                                \
  void name(char *heap, const void *args, int32_t block, char *scratch) {                                              \
    each(name##_value, heap, args, block);                                                                             \
  }

INLINE vf sign(vf x) { return (vf)((vi)with_sign(splat(1), x) & ((x < 0) | (x > 0))); }

INLINE vf elu(vf x) { return choose(x >= 0, x, exp_minus_one(__builtin_elementwise_maximum(x, splat(-20)))); }

// x to the power of halves / 2: exact products, one root and one quotient.
INLINE vf power(vf x, int32_t halves) {
  vf y = splat(1), base = x;
  if (halves & 1) {
    // As pow() has it, the root of -infinity is infinity and that of -0 is 0.
    base = choose(x == -__builtin_inff(), splat(__builtin_inff()), x + 0.0f);
    y = __builtin_elementwise_sqrt(base);
  }
  for (int32_t n = (halves < 0 ? -halves : halves) / 2; n > 0; n--) y *= base;
  return halves < 0 ? 1 / y : y;
}

UNARY(unary_negate, (vf)((vi)x ^ SIGN_BIT))
UNARY(unary_absolute, absolute(x))
UNARY(unary_square, x *x)
UNARY(unary_root, __builtin_elementwise_sqrt(x))
UNARY(unary_inverse_root, 1 / __builtin_elementwise_sqrt(x))
UNARY(unary_reciprocal, 1 / x)
UNARY(unary_floor, floor(x))
UNARY(unary_ceil, ceil(x))
UNARY(unary_round, round_even(x))
// 0 for NaN.
UNARY(unary_sign, sign(x))
// 1 above 0, p elsewhere.
UNARY(unary_step, choose(x == x, choose(x > 0, splat(1), splat(p)), x))
// Between p and q.
UNARY(unary_clip, __builtin_elementwise_minimum(__builtin_elementwise_maximum(x, splat(p)), splat(q)))
UNARY(unary_relu, __builtin_elementwise_maximum(x, splat(0)))
UNARY(unary_leaky_relu, choose(x < 0, x *p, x))
UNARY(unary_elu, elu(x))
// To the power of p / 2, a whole number.
UNARY(unary_power, power(x, (int32_t)p))
