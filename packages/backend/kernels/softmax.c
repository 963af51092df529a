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

// A row on its way through the softmax.
typedef struct {
  float *y;
  const float *x;
  float most;
} softmax_part;

// Leaves what it adds in y.
INLINE vf add_exp(vf sums, const void *of, int32_t i, int32_t lanes) {
  const softmax_part *row = of;
  vf value = falling_exp(load_lanes(row->x + i, lanes) - row->most);
  store_lanes(row->y + i, value, lanes);
  return sums + value;
}

INLINE void softmax_row(float *y, const float *x, int32_t width) {
  const softmax_part row = {y, x, row_max(x, width)};
  float scale = 1 / sum_row(add_exp, &row, width);
  int32_t i = 0;
  for (; i + VL <= width; i += VL) store(y + i, load(y + i) * scale);
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

// A row on its way through the gradient.
typedef struct {
  const float *dy, *y;
} gradient_part;

INLINE vf add_along(vf sums, const void *of, int32_t i, int32_t lanes) {
  const gradient_part *row = of;
  return fma(load_lanes(row->dy + i, lanes), load_lanes(row->y + i, lanes), sums);
}

// dx = (dy - sum(dy y)) y
INLINE void gradient_row(float *dx, const float *dy, const float *y, int32_t width) {
  const gradient_part row = {dy, y};
  float sum = sum_row(add_along, &row, width);
  int32_t i = 0;
  for (; i + VL <= width; i += VL) store(dx + i, (load(dy + i) - sum) * load(y + i));
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
