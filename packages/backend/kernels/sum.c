// Sums, divided by a number, over the middle of (outer, length, inner).
//
// A few values are added in float, side by side, and those sums in double: about as exact as sums in double alone.
#include "reduce.h"

#define CHUNK 512
#define CHUNK_ROWS 32

INLINE float sum_span(const float *x, int32_t count, float divisor) {
  double total = 0;
  for (int32_t i = 0; i < count; i += CHUNK) total += sum_row(add_values, x + i, count - i < CHUNK ? count - i : CHUNK);
  return (float)(total / divisor);
}

// sums += four rows
INLINE void add_rows(float *sums, const float *x, size_t stride, int32_t columns) {
  const float *a = x, *b = a + stride, *c = b + stride, *d = c + stride;
  int32_t i = 0;
  for (; i + VL <= columns; i += VL) {
    store(sums + i, load(sums + i) + ((load(a + i) + load(b + i)) + (load(c + i) + load(d + i))));
  }
  for (; i < columns; i++) sums[i] += (a[i] + b[i]) + (c[i] + d[i]);
}

INLINE void sum_strip(float *y, const float *x, int32_t rows, size_t stride, int32_t columns, float divisor,
                      char *scratch) {
  double *totals = (double *)scratch;
  float *sums = (float *)(totals + COLUMNS);
  for (int32_t i = 0; i < columns; i++) totals[i] = 0;
  for (int32_t row = 0; row < rows;) {
    int32_t end = rows - row < CHUNK_ROWS ? rows : row + CHUNK_ROWS;
    for (int32_t i = 0; i < columns; i++) sums[i] = 0;
    for (; row + 4 <= end; row += 4) add_rows(sums, x + row * stride, stride, columns);
    for (; row < end; row++) {
      for (int32_t i = 0; i < columns; i++) sums[i] += x[row * stride + i];
    }
    for (int32_t i = 0; i < columns; i++) totals[i] += sums[i];
  }
  for (int32_t i = 0; i < columns; i++) y[i] = (float)(totals[i] / divisor);
}

void sum_rows(char *heap, const void *args, int32_t block, char *scratch) { reduce_rows(heap, args, block, sum_span); }

void sum_columns(char *heap, const void *args, int32_t block, char *scratch) {
  reduce_columns(heap, args, block, scratch, sum_strip);
}
