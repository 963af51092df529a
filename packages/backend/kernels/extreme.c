// The largest and the smallest value over the middle of (outer, length, inner); NaN where there is one. +0 is larger than
// -0. No middle is empty.
#include "reduce.h"

#define EXTREME(name, pick)                                                                                            \
  INLINE float name##_span(const float *x, int32_t count, float divisor) {                                             \
    vf best[4] = {splat(x[0]), splat(x[0]), splat(x[0]), splat(x[0])};                                                                           \
    int32_t i = 0;                                                                                                     \
    for (; i + 4 * VL <= count; i += 4 * VL) {                                                                         \
      for (int v = 0; v < 4; v++) best[v] = pick(best[v], load(x + i + v * VL));                                       \
    }                                                                                                                  \
    float lanes[VL];                                                                                                   \
    store(lanes, pick(pick(best[0], best[1]), pick(best[2], best[3])));                                                \
    float result = lanes[0];                                                                                           \
    for (int lane = 1; lane < VL; lane++) result = pick(result, lanes[lane]);                                          \
    for (; i < count; i++) result = pick(result, x[i]);                                                                \
    return result;                                                                                                     \
  }                                                                                                                    \
  INLINE void name##_strip(float *y, const float *x, int32_t rows, size_t stride, int32_t columns, float divisor,      \
                           char *scratch) {                                                                            \
    for (int32_t i = 0; i < columns; i++) y[i] = x[i];                                                                 \
    for (int32_t row = 1; row < rows; row++) {                                                                         \
      const float *from = x + row * stride;                                                                            \
      int32_t i = 0;                                                                                                   \
      for (; i + VL <= columns; i += VL) store(y + i, pick(load(y + i), load(from + i)));                              \
      for (; i < columns; i++) y[i] = pick(y[i], from[i]);                                                             \
    }                                                                                                                  \
  }                                                                                                                    \
  void name##_rows(char *heap, const void *args, int32_t block, char *scratch) {                                       \
    reduce_rows(heap, args, block, name##_span);                                                                       \
  }                                                                                                                    \
  void name##_columns(char *heap, const void *args, int32_t block, char *scratch) {                                    \
    reduce_columns(heap, args, block, scratch, name##_strip);                                                          \
  }

EXTREME(largest, __builtin_elementwise_maximum)
EXTREME(smallest, __builtin_elementwise_minimum)
