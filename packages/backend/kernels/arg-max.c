// Where the largest value of the middle of (outer, length, inner) is: the first of equals, NaN passed over unless it is
// the first value, whose place is then the result, as tfjs-backend-cpu has it.
#include "row-max.h"

#define COLUMNS 256

typedef struct {
  ref x;
  ref y; // int32
  int32_t outer;
  int32_t length;
  int32_t inner;
  int32_t block; // results that a block makes; where inner is more than 1 they are side by side, at most COLUMNS
} arg_max_args;

INLINE int32_t place_in_row(const float *x, int32_t count) {
  if (x[0] != x[0]) return 0;
  float most = row_max(x, count);
  for (int32_t i = 0; i < count; i++) {
    if (x[i] == most) return i;
  }
  return 0;
}

void arg_max_rows(char *heap, const void *args, int32_t block, char *scratch) {
  const arg_max_args *job = args;
  row_range rows = rows_of(block, job->block, job->outer);
  int32_t *y = at(heap, job->y);
  const float *x = at(heap, job->x);
  for (int32_t row = rows.first; row < rows.end; row++) {
    y[row] = place_in_row(x + (size_t)row * job->length, job->length);
  }
}

void arg_max_columns(char *heap, const void *args, int32_t block, char *scratch) {
  const arg_max_args *job = args;
  float *most = (float *)scratch;
  int32_t strips = (job->inner + job->block - 1) / job->block, outer = block / strips;
  row_range strip = rows_of(block % strips, job->block, job->inner);
  int32_t columns = strip.end - strip.first;
  const float *x = (const float *)at(heap, job->x) + (size_t)outer * job->length * job->inner + strip.first;
  int32_t *y = (int32_t *)at(heap, job->y) + (size_t)outer * job->inner + strip.first;
  for (int32_t i = 0; i < columns; i++) {
    most[i] = x[i];
    y[i] = 0;
  }
  for (int32_t row = 1; row < job->length; row++) {
    const float *from = x + (size_t)row * job->inner;
    for (int32_t i = 0; i < columns; i++) {
      int32_t larger = -(from[i] > most[i]);
      y[i] = (row & larger) | (y[i] & ~larger);
      if (larger) most[i] = from[i];
    }
  }
}
