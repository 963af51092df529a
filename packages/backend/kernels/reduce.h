// Reductions of the middle of (outer, length, inner), which any reduction is made of.
//
// Where there are few results of many values each, the middle is cut into parts: the results are then
// (outer, parts, inner), and reduced once more. Parts and blocks follow from the shape alone.
#pragma once
#include "rows.h"

typedef struct {
  ref x;
  ref y;
  int32_t outer;
  int32_t length;
  int32_t inner;
  int32_t part;  // values of the middle that a part has
  int32_t parts;
  int32_t columns; // results side by side that are made together, at most COLUMNS: a strip; 1 where inner is 1
  int32_t block;   // strips that a block makes
  float divisor;   // of a sum
} reduce_args;

#define COLUMNS 256

// Where inner is 1: the results of a block, each of `count` neighbors at x.
typedef float reduce_span(const float *x, int32_t count, float divisor);

INLINE void reduce_rows(char *heap, const reduce_args *job, int32_t block, reduce_span *reduce) {
  const float *x = at(heap, job->x);
  float *y = at(heap, job->y);
  row_range results = rows_of(block, job->block, job->outer * job->parts);
  for (int32_t i = results.first; i < results.end; i++) {
    row_range part = rows_of(i % job->parts, job->part, job->length);
    y[i] = reduce(x + (size_t)(i / job->parts) * job->length + part.first, part.end - part.first, job->divisor);
  }
}

// Where inner is more: `columns` results, over `rows` rows that are `stride` apart.
typedef void reduce_strip(float *y, const float *x, int32_t rows, size_t stride, int32_t columns, float divisor,
                          char *scratch);

INLINE void reduce_columns(char *heap, const reduce_args *job, int32_t block, char *scratch, reduce_strip *reduce) {
  int32_t strips = (job->inner + job->columns - 1) / job->columns;
  row_range own = rows_of(block, job->block, job->outer * job->parts * strips);
  for (int32_t i = own.first; i < own.end; i++) {
    row_range strip = rows_of(i % strips, job->columns, job->inner);
    int32_t result = i / strips;
    row_range part = rows_of(result % job->parts, job->part, job->length);
    size_t first = (size_t)(result / job->parts) * job->length + part.first;
    reduce((float *)at(heap, job->y) + (size_t)result * job->inner + strip.first,
           (const float *)at(heap, job->x) + first * job->inner + strip.first, part.end - part.first, job->inner,
           strip.end - strip.first, job->divisor, scratch);
  }
}
