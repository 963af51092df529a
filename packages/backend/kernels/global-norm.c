// The norm over all values of a list of tensors, in two jobs: sums of squares of parts, then the root of their sum.
#include "spans.h"

#define BLOCK 16384

typedef struct {
  ref spans;  // of the tensors
  ref places; // a ref each
  ref to;
  int32_t entries;
  int32_t total; // the end of the range that the blocks divide
} sum_squares_args;

typedef struct {
  ref partials;
  ref norm;
  int32_t count;
} global_norm_args;

INLINE vf add_squares(vf sums, const void *from, int32_t i, int32_t lanes) {
  vf x = load_lanes((const float *)from + i, lanes);
  return fma(x, x, sums);
}

// Block b writes the sum over values b * 16384 and on of the range.
void sum_squares(char *heap, const void *args, int32_t block, char *scratch) {
  const sum_squares_args *job = args;
  const span *spans = at(heap, job->spans);
  const ref *places = at(heap, job->places);
  row_range range = rows_of(block, BLOCK, job->total);
  double sum = 0;
  for (int32_t e = span_at(spans, job->entries, range.first); e < job->entries && spans[e].start < range.end; e++) {
    row_range values = values_in(spans + e, range);
    if (values.first < values.end)
      sum += sum_row(add_squares, (const float *)at(heap, places[e]) + values.first, values.end - values.first);
  }
  ((float *)at(heap, job->to))[block] = (float)sum;
}

// One block, which adds the parts in their order.
void global_norm(char *heap, const void *args, int32_t block, char *scratch) {
  const global_norm_args *job = args;
  const float *partials = at(heap, job->partials);
  double sum = 0;
  for (int32_t i = 0; i < job->count; i++) sum += partials[i];
  *(float *)at(heap, job->norm) = (float)__builtin_sqrt(sum);
}
