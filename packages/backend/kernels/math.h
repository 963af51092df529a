// Functions of vectors of any width, from additions, products, comparisons and bits alone: no libm, no tables.
// Errors are the largest found against double at every 61st float of the range (3 to 35 million), in units in the last
// place of the float result (ULP), with fused multiply-add and without. NaN stays NaN everywhere.
#pragma once
#include "sheep.h"

static inline vf choose(vi condition, vf yes, vf no) {
  return (vf)((condition & (vi)yes) | (~condition & (vi)no));
}

// b where a < b, otherwise a: a NaN in b is left out, one in a stays. (With relaxed SIMD the compiler would make of the
// choice a maximum that may lose either.)
static inline vf larger(vf a, vf b) {
#if defined(__wasm__) && VL == 4
  return __builtin_wasm_pmax_f32x4(a, b);
#else
  return choose(a < b, b, a);
#endif
}

#define SIGN_BIT (-0x7fffffff - 1)
static inline vf absolute(vf x) { return (vf)((vi)x & ~SIGN_BIT); }
static inline vf negative(vf x) { return (vf)((vi)x | SIGN_BIT); }
static inline vf with_sign(vf magnitude, vf sign) { return (vf)((vi)magnitude | ((vi)sign & SIGN_BIT)); }

// 2^k for k from -126 to 127.
static inline vf power_of_two(vi k) { return (vf)((k + 127) << 23); }

// e^r - 1, where x = k ln 2 + r and |r| <= ln(2) / 2, for |x| < 2^21.
// (Arguments are not clamped first: with relaxed SIMD the compiler makes of any minimum one that may lose a NaN.)
// Adding 1.5 * 2^23 rounds to a whole number, which then stands in the low bits.
static inline vf reduced_exp_minus_one(vf x, vi *k) {
  const vf rounder = splat(0x1.8p23f);
  vf rounded = fma(x, splat(0x1.715476p0f), rounder);
  *k = (vi)rounded - (vi)rounder;
  vf whole = rounded - rounder;
  // ln 2 in two parts; products with the first, of 9 bits, are exact.
  vf r = fma(whole, splat(-0.693359375f), x);
  r = fma(whole, splat(2.12194440e-4f), r);
  vf p = splat(0.00138150505f);
  p = fma(p, r, splat(0.00836876594f));
  p = fma(p, r, splat(0.0416683853f));
  p = fma(p, r, splat(0.166665196f));
  p = fma(p, r, splat(0.49999994f));
  return fma(p, r * r, r);
}

// Error: 1.0 ULP. Denormal results included; 0 below -104, infinite above 88.723.
static inline vf exp(vf x) {
  vi k;
  vf value = reduced_exp_minus_one(x, &k) + 1;
  // In two steps, as 2^k alone would leave the range of normal numbers.
  vi half = k >> 1;
  value = value * power_of_two(half) * power_of_two(k - half);
  return choose(x > 89, splat(__builtin_inff()), (vf)((vi)value & ~(x < -104)));
}

// e^x for x <= 0, and 0 below -87, where e^x is about to leave the range of normal numbers: a fifth faster.
// Error above: 1.0 ULP.
static inline vf falling_exp(vf x) {
  vi k;
  vf value = reduced_exp_minus_one(x, &k);
  vf power = power_of_two(k);
  return (vf)((vi)fma(power, value, power) & ~(x < -87));
}

// e^x - 1 for -20 <= x <= 20, without cancellation near 0.
static inline vf exp_minus_one(vf x) {
  vi k;
  vf value = reduced_exp_minus_one(x, &k);
  vf power = power_of_two(k);
  return fma(power, value, power - 1);
}

// Error: 2.6 ULP. By (e^2x - 1) / (e^2x + 1); exactly 1 from 9.2 on.
static inline vf tanh(vf x) {
  vf a = absolute(x);
  vf grown = exp_minus_one(a * 2);
  return with_sign(choose(a > 9.2f, splat(1), grown / (grown + 2)), x);
}

// Error: 3.0 ULP. By 1 - e^(a P(a)) where a P(a) is log(1 - erf(a)); exactly 1 from 4 on.
static inline vf erf(vf x) {
  vf a = absolute(x);
  vf p = splat(9.24736287e-06f);
  p = fma(p, a, splat(-0.000117560645f));
  p = fma(p, a, splat(0.000632547482f));
  p = fma(p, a, splat(-0.00166650151f));
  p = fma(p, a, splat(0.00015988134f));
  p = fma(p, a, splat(0.0191533286f));
  p = fma(p, a, splat(-0.102777898f));
  p = fma(p, a, splat(-0.636619389f));
  p = fma(p, a, splat(-1.12837923f));
  return with_sign(choose(a > 4, splat(1), absolute(exp_minus_one(a * p))), x);
}

// Error: 0.9 ULP, denormal arguments included. -infinity at 0, NaN below.
static inline vf log(vf x) {
  // Denormals are made normal first.
  vi tiny = x < splat(0x1p-126f);
  vi bits = (vi)choose(tiny, x * 0x1p23f, x);
  // x = 2^k (1 + f), sqrt(1/2) <= 1 + f < sqrt(2).
  vi k = (bits - (vi)splat(0x1.6a09e6p-1f)) >> 23;
  vf f = (vf)(bits - (k << 23)) - 1;
  vf whole = __builtin_convertvector(k - (tiny & 23), vf);
  vf p = splat(-0.0763299987f);
  p = fma(p, f, splat(0.127602205f));
  p = fma(p, f, splat(-0.13160111f));
  p = fma(p, f, splat(0.142019451f));
  p = fma(p, f, splat(-0.166233823f));
  p = fma(p, f, splat(0.200012192f));
  p = fma(p, f, splat(-0.250008196f));
  p = fma(p, f, splat(0.333333313f));
  vf square = f * f;
  vf rest = fma(whole, splat(-2.12194440e-4f), p * square * f);
  vf value = fma(whole, splat(0.693359375f), fma(square, splat(-0.5f), rest) + f);
  const vf infinity = splat(__builtin_inff());
  vf finite = choose(x < infinity, value, x);
  return choose(x > 0, finite, choose(x == 0, -infinity, splat(__builtin_nanf(""))));
}

// 1 / (1 + e^-x). Error: 2.4 ULP; 0 below -87. By e^-|x|, so that neither side cancels or overflows.
static inline vf logistic(vf x) {
  vf falling = falling_exp(negative(x));
  return choose(x < 0, falling, splat(1)) / (falling + 1);
}
