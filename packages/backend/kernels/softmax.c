// Softmax over rows, and its gradient.
//
// exp(x - max) / sum(exp(x - max)): no exponential overflows, and the largest is 1. A row that has a NaN or +infinity,
// or -infinity alone, becomes NaN.
#include "row-max.h"

typedef struct {
  ref x;
  ref y;
  int32_t rows;
  int32_t width;
  int32_t block_rows;
} softmax_args;

typedef struct {
  ref dy;
  ref y; // the output of the softmax
  ref dx;
  int32_t rows;
  int32_t width;
  int32_t block_rows;
} softmax_gradient_args;

INLINE vf exp_lanes(float *y, const float *x, float most, int32_t lanes) {
  vf value = falling_exp(load_lanes(x, lanes) - most);
  store_lanes(y, value, lanes);
  return first_lanes(value, lanes);
}

INLINE void softmax_row(float *y, const float *x, int32_t width) {
  float most = row_max(x, width);
  vf sum = {};
  int32_t i = 0;
  for (; i + VL <= width; i += VL) sum += exp_lanes(y + i, x + i, most, VL);
  if (i < width) sum += exp_lanes(y + i, x + i, most, width - i);
  float scale = 1 / sum_lanes(sum);
  for (i = 0; i + VL <= width; i += VL) store(y + i, load(y + i) * scale);
  for (; i < width; i++) y[i] *= scale;
}

void softmax(char *heap, const void *args, int32_t block, char *scratch) {
  const softmax_args *job = args;
  row_range rows = rows_of(block, job->block_rows, job->rows);
  for (int32_t row = rows.first; row < rows.end; row++) {
    size_t start = (size_t)row * job->width;
    softmax_row((float *)at(heap, job->y) + start, (const float *)at(heap, job->x) + start, job->width);
  }
}

// dx = (dy - sum(dy y)) y
INLINE void gradient_row(float *dx, const float *dy, const float *y, int32_t width) {
  vf along = {};
  int32_t i = 0;
  for (; i + VL <= width; i += VL) along = fma(load(dy + i), load(y + i), along);
  if (i < width) along = fma(load_lanes(dy + i, width - i), load_lanes(y + i, width - i), along);
  float sum = sum_lanes(along);
  for (i = 0; i + VL <= width; i += VL) store(dx + i, (load(dy + i) - sum) * load(y + i));
  for (; i < width; i++) dx[i] = (dy[i] - sum) * y[i];
}

void softmax_gradient(char *heap, const void *args, int32_t block, char *scratch) {
  const softmax_gradient_args *job = args;
  row_range rows = rows_of(block, job->block_rows, job->rows);
  for (int32_t row = rows.first; row < rows.end; row++) {
    size_t start = (size_t)row * job->width;
    gradient_row((float *)at(heap, job->dx) + start, (const float *)at(heap, job->dy) + start,
                 (const float *)at(heap, job->y) + start, job->width);
  }
}
