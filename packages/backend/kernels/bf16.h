// Rounding float32 to bfloat16, its upper half, on the bits as whole numbers.
//
// Method: rounding to the nearest, ties to even, adds half of the last place less one, and one more where the last place
// is odd; a carry goes into the exponent, as it should. NaN keeps its sign and what fits of its payload.
#pragma once
#include "sheep.h"

#define INLINE static inline __attribute__((always_inline))

typedef uint16_t vh __attribute__((vector_size(VL * 2), aligned(2)));

#define SIZE_BITS 0x7fffffffu
#define INFINITE 0x7f800000u
#define QUIET 0x400000u

INLINE vu choose_bits(vi condition, vu yes, vu no) { return ((vu)condition & yes) | (~(vu)condition & no); }

// Without the lowest bits, rounded.
INLINE vu rounded(vu bits, int32_t lowest) {
  return (bits + ((1u << (lowest - 1)) - 1) + ((bits >> lowest) & 1)) >> lowest;
}

// The words, in the low halves.
INLINE vu encoded_bf16(vu bits) {
  vi nan = (bits & SIZE_BITS) > INFINITE;
  return choose_bits(nan, (bits | QUIET) >> 16, rounded(bits, 16));
}
