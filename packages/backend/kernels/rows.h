// What kernels over rows of any width share: vectors of which only the first lanes are there, and sums.
//
// The body of a loop is an inline function of `lanes`: called with VL in the loop, where the tests below fold away, and
// once with what is left.
#pragma once
#include "sheep.h"

#define INLINE static inline __attribute__((always_inline))

static const int32_t lane_numbers[16] = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15};

// `value` with zeros behind its first lanes.
INLINE vf first_lanes(vf value, int32_t lanes) {
  if (lanes == VL) return value;
  return (vf)((vi)value & (*(const vi *)lane_numbers < lanes));
}

// Zeros behind the first lanes; reads those alone.
INLINE vf load_lanes(const float *from, int32_t lanes) {
  if (lanes == VL) return load(from);
  float part[VL] = {};
  for (int32_t lane = 0; lane < lanes; lane++) part[lane] = from[lane];
  return load(part);
}

INLINE void store_lanes(float *to, vf value, int32_t lanes) {
  if (lanes == VL) {
    store(to, value);
    return;
  }
  float part[VL];
  store(part, value);
  for (int32_t lane = 0; lane < lanes; lane++) to[lane] = part[lane];
}

// Pairwise, in an order of its own.
INLINE float sum_lanes(vf value) {
  float lanes[VL];
  store(lanes, value);
  for (int half = VL / 2; half > 0; half /= 2) {
    for (int lane = 0; lane < half; lane++) lanes[lane] += lanes[lane + half];
  }
  return lanes[0];
}

// The sum of term(x, c) over a row, in four sums side by side, which hide the latency of an addition.
INLINE float sum_row(vf (*term)(vf x, vf c), const float *x, float c, int32_t width) {
  vf sums[4] = {}, all = splat(c);
  int32_t i = 0;
  for (; i + 4 * VL <= width; i += 4 * VL) {
    for (int v = 0; v < 4; v++) sums[v] += term(load(x + i + v * VL), all);
  }
  for (; i + VL <= width; i += VL) sums[0] += term(load(x + i), all);
  if (i < width) sums[1] += first_lanes(term(load_lanes(x + i, width - i), all), width - i);
  return sum_lanes((sums[0] + sums[1]) + (sums[2] + sums[3]));
}

// The rows [first, end) of a block of `block_rows`.
typedef struct {
  int32_t first, end;
} row_range;

INLINE row_range rows_of(int32_t block, int32_t block_rows, int32_t rows) {
  int32_t first = block * block_rows;
  return (row_range){first, rows - first < block_rows ? rows : first + block_rows};
}
