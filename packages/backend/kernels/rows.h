// What kernels over rows of any width share: vectors of which only the first lanes are there, and sums.
//
// The body of a loop is an inline function of `lanes`: called with VL in the loop, where the tests below fold away, and
// once with what is left.
#pragma once
#include "sheep.h"

#define INLINE static inline __attribute__((always_inline))

static const int32_t lane_numbers[16] = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15};

// A loop too short for vectors of its own.
#define FEW _Pragma("clang loop vectorize(disable) unroll(disable)")

// The first lanes of `value`, and behind them those of `rest`.
INLINE vf first_lanes(vf value, vf rest, int32_t lanes) {
  if (lanes == VL) return value;
  vi first = *(const vi *)lane_numbers < lanes;
  return (vf)((first & (vi)value) | (~first & (vi)rest));
}

// Zeros behind the first lanes; reads those alone.
INLINE vf load_lanes(const float *from, int32_t lanes) {
  if (lanes == VL) return load(from);
  float part[VL] = {};
  FEW for (int32_t lane = 0; lane < lanes; lane++) part[lane] = from[lane];
  return load(part);
}

INLINE void store_lanes(float *to, vf value, int32_t lanes) {
  if (lanes == VL) {
    store(to, value);
    return;
  }
  float part[VL];
  store(part, value);
  FEW for (int32_t lane = 0; lane < lanes; lane++) to[lane] = part[lane];
}

// Pairwise.
INLINE float sum_lanes(vf value) {
  float lanes[VL];
  store(lanes, value);
  for (int half = VL / 2; half > 0; half /= 2) {
    for (int lane = 0; lane < half; lane++) lanes[lane] += lanes[lane + half];
  }
  return lanes[0];
}

// Sums side by side, whatever the width of a vector: with four lanes enough to hide the latency of an addition.
#define SUMS 16

// Adds what a row has from i on to sums, `lanes` of them; behind those it may return anything.
typedef vf row_sum(vf sums, const void *row, int32_t i, int32_t lanes);

// What is left of a row from i on.
INLINE void add_rest(vf sums[SUMS / VL], row_sum *add, const void *row, int32_t i, int32_t width) {
  float rest[SUMS], *to = rest;
  for (int v = 0; v < SUMS / VL; v++) store(rest + v * VL, sums[v]);
  for (; i + VL <= width; i += VL, to += VL) store(to, add(load(to), row, i, VL));
  if (i < width) store(to, first_lanes(add(load(to), row, i, width - i), load(to), width - i));
  for (int v = 0; v < SUMS / VL; v++) sums[v] = load(rest + v * VL);
}

// The sum over a row. Value i goes to sum i mod SUMS and the sums are added pairwise, so that the order of the additions
// depends on the width of the row alone, not on that of a vector.
INLINE float sum_row(row_sum *add, const void *row, int32_t width) {
  vf sums[SUMS / VL] = {};
  int32_t i = 0;
  for (; i + SUMS <= width; i += SUMS) {
    for (int v = 0; v < SUMS / VL; v++) sums[v] = add(sums[v], row, i + v * VL, VL);
  }
  if (i < width) add_rest(sums, add, row, i, width);
  for (int half = SUMS / VL / 2; half > 0; half /= 2) {
    for (int v = 0; v < half; v++) sums[v] += sums[v + half];
  }
  return sum_lanes(sums[0]);
}

INLINE vf add_values(vf sums, const void *row, int32_t i, int32_t lanes) {
  return sums + load_lanes((const float *)row + i, lanes);
}

// The rows [first, end) of a block of `block_rows`.
typedef struct {
  int32_t first, end;
} row_range;

INLINE row_range rows_of(int32_t block, int32_t block_rows, int32_t rows) {
  int32_t first = block * block_rows;
  return (row_range){first, rows - first < block_rows ? rows : first + block_rows};
}
