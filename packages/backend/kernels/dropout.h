// Which values are dropped: a function of a key and the value's index alone, so that the backward pass makes it again.
//
// Method: the value at index i is dropped where word i % 4 of Philox's counter i / 4 is small, as in
// packages/ops/src/dropout.ts. Values are multiplied by 0 or 1 / (1 - rate), so that what is not finite becomes NaN.
#pragma once
#include "philox.h"

// A key, the largest word that drops, and what kept values are multiplied by: 0 where there is no dropout.
typedef struct {
  uint32_t seed[2];
  uint32_t step;
  uint32_t stream;
  uint32_t last; // the least whole number not below rate * 2^32, less 1
  float kept;
} dropout_rule;

// Values whose factors are made at a time.
#define DROPOUT_VALUES (PHILOX_SETS * 4 * VL)

// The words of counters, whose two words may be any.
INLINE void dropout_words(vu words[PHILOX_SETS][4], const vu low[PHILOX_SETS], const vu high[PHILOX_SETS],
                          const dropout_rule *rule) {
  for (int set = 0; set < PHILOX_SETS; set++) {
    words[set][0] = low[set];
    words[set][1] = high[set];
    words[set][2] = splat_word(rule->step);
    words[set][3] = splat_word(rule->stream);
  }
  philox(words, rule->seed);
}

// 0 where a word drops.
INLINE vf dropout_factor(vu word, const dropout_rule *rule) {
  return (vf)((vi)(word > rule->last) & (vi)splat(rule->kept));
}

#if VL == 4
#define INTERLEAVE(a, b, low, high)                                                                                    \
  low = __builtin_shufflevector(a, b, 0, 4, 1, 5), high = __builtin_shufflevector(a, b, 2, 6, 3, 7)
#elif VL == 8
#define INTERLEAVE(a, b, low, high)                                                                                    \
  low = __builtin_shufflevector(a, b, 0, 8, 1, 9, 2, 10, 3, 11),                                                       \
  high = __builtin_shufflevector(a, b, 4, 12, 5, 13, 6, 14, 7, 15)
#else
#define INTERLEAVE(a, b, low, high)                                                                                    \
  low = __builtin_shufflevector(a, b, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23),                         \
  high = __builtin_shufflevector(a, b, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31)
#endif

// The factors of DROPOUT_VALUES values, the first at index 4 * counter.
INLINE void dropout_factors(vf factors[DROPOUT_VALUES / VL], const dropout_rule *rule, uint64_t counter) {
  vu words[PHILOX_SETS][4], low[PHILOX_SETS], high[PHILOX_SETS];
  for (int set = 0; set < PHILOX_SETS; set++) {
    low[set] = *(const vu *)lane_numbers + (uint32_t)counter + set * VL;
    high[set] = splat_word((uint32_t)(counter >> 32)) - (vu)(low[set] < (uint32_t)counter);
  }
  dropout_words(words, low, high, rule);
  for (int set = 0; set < PHILOX_SETS; set++) {
    vf *to = factors + 4 * set, by[4], even[2], odd[2];
    for (int word = 0; word < 4; word++) by[word] = dropout_factor(words[set][word], rule);
    INTERLEAVE(by[0], by[2], even[0], even[1]);
    INTERLEAVE(by[1], by[3], odd[0], odd[1]);
    INTERLEAVE(even[0], odd[0], to[0], to[1]);
    INTERLEAVE(even[1], odd[1], to[2], to[3]);
  }
}

// `width` values of a row, the first of which has the index `first`, with dropout: to = from * factors, plus `residual`
// unless that is null. `to` may be either of them.
INLINE void dropout_row(float *to, const float *from, const float *residual, const dropout_rule *rule, uint64_t first,
                        int32_t width) {
  uint64_t counter = first / 4;
  for (int32_t i = -(int32_t)(first % 4); i < width; i += DROPOUT_VALUES, counter += DROPOUT_VALUES / 4) {
    vf factors[DROPOUT_VALUES / VL];
    dropout_factors(factors, rule, counter);
    if (i >= 0 && width - i >= DROPOUT_VALUES) {
      for (int v = 0; v < DROPOUT_VALUES / VL; v++) {
        vf value = load(from + i + v * VL) * factors[v];
        store(to + i + v * VL, residual ? load(residual + i + v * VL) + value : value);
      }
    } else {
      const float *all = (const float *)factors;
      for (int32_t j = i < 0 ? 0 : i; j < width && j < i + DROPOUT_VALUES; j++) {
        float value = from[j] * all[j - i];
        to[j] = residual ? residual[j] + value : value;
      }
    }
  }
}
