// Philox4x32-10 in vectors, a counter in each lane: the same words as packages/core/src/random/philox.ts.
//
// Method (Salmon et al., "Parallel random numbers: as easy as 1, 2, 3", SC 2011): ten rounds; each multiplies two words
// of the counter by constants into 64 bits, exchanges them and mixes in the key, which grows by constants in between.
#pragma once
#include "rows.h"

// Counters that are worked on side by side: a second vector of them hides the latency of the first one's products.
#if VL == 16
#define PHILOX_SETS 1
#else
#define PHILOX_SETS 2
#endif

INLINE vu splat_word(uint32_t word) { return (vu){} + word; }

// Products of the lanes, high and low words apart.
INLINE void multiply_words(vu a, uint32_t b, vu *high, vu *low) {
#if defined(__wasm__)
  // In assembly, as the compiler folds the constant and is left with products of 64 by 64 bits, which are slow.
  vu factor = splat_word(b), first, second;
  asm("local.get %1\n local.get %2\n i64x2.extmul_low_i32x4_u\n local.set %0" : "=r"(first) : "r"(a), "r"(factor));
  asm("local.get %1\n local.get %2\n i64x2.extmul_high_i32x4_u\n local.set %0" : "=r"(second) : "r"(a), "r"(factor));
  *low = __builtin_shufflevector(first, second, 0, 2, 4, 6);
  *high = __builtin_shufflevector(first, second, 1, 3, 5, 7);
#else
  typedef uint64_t vw __attribute__((vector_size(VL * 4), aligned(4)));
  vw even = ((vw)a & 0xffffffff) * b, odd = ((vw)a >> 32) * b;
  *low = a * b;
  *high = (vu)((even >> 32) | (odd & ~(uint64_t)0xffffffff));
#endif
}

// Makes of counters, word by word, random words.
INLINE void philox(vu counters[PHILOX_SETS][4], const uint32_t key[2]) {
  uint32_t low_key = key[0], high_key = key[1];
  _Pragma("unroll") for (int round = 0; round < 10; round++) {
    _Pragma("unroll") for (int set = 0; set < PHILOX_SETS; set++) {
      vu *c = counters[set], high0, low0, high1, low1;
      multiply_words(c[0], 0xd2511f53, &high0, &low0);
      multiply_words(c[2], 0xcd9e8d57, &high1, &low1);
      c[0] = high1 ^ c[1] ^ low_key;
      c[1] = low1;
      c[2] = high0 ^ c[3] ^ high_key;
      c[3] = low0;
    }
    low_key += 0x9e3779b9;
    high_key += 0xbb67ae85;
  }
}
