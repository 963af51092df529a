// The norm over all values of a list of tensors, in two jobs: sums of squares of parts, then the root of their sum.
#include "spans.h"

#define BLOCK 16384
// Sums side by side, whatever the width of a vector: enough of them to hide the latency of an addition.
#define LANES 16

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

// Value i goes to lane i mod 16 and the lanes are added pairwise, so the order of the additions depends on the count alone.
static float sum_of_squares(const float *from, int32_t count) {
  vf sums[LANES / VL] = {};
  int32_t i = 0;
  for (; i + LANES <= count; i += LANES) {
    for (int v = 0; v < LANES / VL; v++) {
      vf x = load(from + i + v * VL);
      sums[v] = fma(x, x, sums[v]);
    }
  }
  float lanes[LANES];
  for (int v = 0; v < LANES / VL; v++) store(lanes + v * VL, sums[v]);
  for (int lane = 0; i < count; i++, lane++) lanes[lane] += from[i] * from[i];
  for (int half = LANES / 2; half > 0; half /= 2) {
    for (int lane = 0; lane < half; lane++) lanes[lane] += lanes[lane + half];
  }
  return lanes[0];
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
      sum += sum_of_squares((const float *)at(heap, places[e]) + values.first, values.end - values.first);
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
