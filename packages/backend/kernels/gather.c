// Rows by their numbers: y[b, o, i] = x[b, o, indices[b, i]], each a slice of 32-bit values.
#include "rows.h"

typedef struct {
  ref x;       // (batch, outer, dimension, slice)
  ref indices; // (batch, count), each below `dimension`
  ref y;       // (batch, outer, count, slice)
  int32_t batch;
  int32_t outer;
  int32_t dimension;
  int32_t count;
  int32_t slice;
  int32_t block_rows;
} gather_args;

void gather(char *heap, const void *args, int32_t block, char *scratch) {
  const gather_args *job = args;
  const int32_t *x = at(heap, job->x), *indices = at(heap, job->indices);
  int32_t *y = at(heap, job->y);
  int32_t slice = job->slice;
  row_range rows = rows_of(block, job->block_rows, job->batch * job->outer * job->count);
  for (int32_t row = rows.first; row < rows.end; row++) {
    int32_t place = row / job->count, index = indices[place / job->outer * job->count + row % job->count];
    const int32_t *restrict from = x + ((size_t)place * job->dimension + index) * slice;
    int32_t *restrict to = y + (size_t)row * slice;
    for (int32_t i = 0; i < slice; i++) to[i] = from[i];
  }
}
