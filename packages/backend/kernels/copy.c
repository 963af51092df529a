// Copies between parts of tensors: slices, tiles, paddings, joined and reversed ones are all strides on both sides.
#include "rows.h"

#define BLOCK 16384
#define OUTER_DIMENSIONS 5

typedef struct {
  ref x;
  ref y;
  int32_t x_start; // places of the first value, counted in values
  int32_t y_start;
  int32_t count; // of values copied
  int32_t width; // of a row
  int32_t x_step; // along a row; 0 for one value that fills it
  int32_t y_step;
  int32_t rank; // of the dimensions before the row
  struct {
    int32_t size, x_stride, y_stride;
  } outer[OUTER_DIMENSIONS];
} copy_args;

typedef void copy_row(void *y, const void *x, ptrdiff_t y_step, ptrdiff_t x_step, int32_t count);

INLINE void copy(char *heap, const copy_args *job, int32_t block, copy_row *run, size_t bytes) {
  const char *x = at(heap, job->x);
  char *y = at(heap, job->y);
  row_range values = rows_of(block, BLOCK, job->count);
  for (int32_t i = values.first; i < values.end;) {
    int32_t row = i / job->width, column = i % job->width;
    ptrdiff_t in_x = job->x_start + (ptrdiff_t)column * job->x_step;
    ptrdiff_t in_y = job->y_start + (ptrdiff_t)column * job->y_step;
    for (int32_t d = job->rank - 1; d >= 0; d--) {
      int32_t index = row % job->outer[d].size;
      in_x += (ptrdiff_t)index * job->outer[d].x_stride;
      in_y += (ptrdiff_t)index * job->outer[d].y_stride;
      row /= job->outer[d].size;
    }
    int32_t left = job->width - column, count = left < values.end - i ? left : values.end - i;
    run(y + in_y * (ptrdiff_t)bytes, x + in_x * (ptrdiff_t)bytes, job->y_step, job->x_step, count);
    i += count;
  }
}

// The most common steps are loops of their own, which the compiler makes vectors of.
#define COPY(name, type)                                                                                               \
  INLINE void name##_row(void *to, const void *from, ptrdiff_t y_step, ptrdiff_t x_step, int32_t count) {              \
    const type *restrict x = from;                                                                                     \
    type *restrict y = to;                                                                                             \
    if (y_step == 1 && x_step == 1) {                                                                                  \
      for (int32_t i = 0; i < count; i++) y[i] = x[i];                                                                 \
    } else if (y_step == 1 && x_step == 0) {                                                                           \
      for (int32_t i = 0; i < count; i++) y[i] = *x;                                                                   \
    } else {                                                                                                           \
      for (int32_t i = 0; i < count; i++) y[i * y_step] = x[i * x_step];                                               \
    }                                                                                                                  \
  }                                                                                                                    \
  void name(char *heap, const void *args, int32_t block, char *scratch) {                                              \
    copy(heap, args, block, name##_row, sizeof(type));                                                                 \
  }

COPY(copy_words, int32_t)
COPY(copy_bytes, uint8_t)
