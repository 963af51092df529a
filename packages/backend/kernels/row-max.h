// The largest value of a row, before its exponentials.
#pragma once
#include "math.h"
#include "rows.h"

// NaN is left to the exponentials. Whether a 0 is +0 or -0 may depend on the width of a vector: no caller's result does.
INLINE float row_max(const float *x, int32_t width) {
  vf most[2] = {splat(-__builtin_inff()), splat(-__builtin_inff())};
  int32_t i = 0;
  for (; i + 2 * VL <= width; i += 2 * VL) {
    for (int v = 0; v < 2; v++) most[v] = larger(most[v], load(x + i + v * VL));
  }
  float lanes[VL];
  store(lanes, larger(most[0], most[1]));
  float result = lanes[0];
  for (int lane = 1; lane < VL; lane++) result = result < lanes[lane] ? lanes[lane] : result;
  for (; i < width; i++) result = result < x[i] ? x[i] : result;
  return result;
}
