// AdamW in place over all parameters of a model in one job, each value read and written once.
//
// m = b1 m + (1 - b1) g, v = b2 v + (1 - b2) g^2, p = p (1 - lr decay) - rate m / (sqrt(v) + floor), where rate and
// floor have the bias corrections in them: rate = lr sqrt(1 - b2^t) / (1 - b1^t), floor = epsilon sqrt(1 - b2^t).
// See Loshchilov and Hutter, https://arxiv.org/abs/1711.05101
#include "math.h"
#include "spans.h"

#define BLOCK 16384

// A parameter with its gradient and moments.
typedef struct {
  ref param;
  ref grad;
  ref first;
  ref second;
  float decay;
} adamw_entry;

typedef struct {
  ref spans;   // of the parameters
  ref table;   // an adamw_entry each
  ref scale;   // a scalar that multiplies the gradients
  ref norm;    // a scalar: where it is not finite, nothing changes
  int32_t entries;
  int32_t total; // the end of the range that the blocks divide
  float learning_rate;
  float first_gain;  // 1 - b1
  float second_gain; // 1 - b2
  float rate;
  float floor;
} adamw_args;

typedef struct {
  float *param;
  const float *grad;
  float *first, *second;
} adamw_part;

INLINE vf finite_or_zero(vf x) { return (vf)((vi)x & (absolute(x) < __builtin_inff())); }

INLINE void update(adamw_part part, const adamw_args *job, float scale, float kept, int32_t i, int32_t lanes) {
  vf grad = finite_or_zero(load_lanes(part.grad + i, lanes)) * scale;
  vf first = fma(load_lanes(part.first + i, lanes), splat(1 - job->first_gain), grad * job->first_gain);
  vf second = fma(load_lanes(part.second + i, lanes), splat(1 - job->second_gain), grad * grad * job->second_gain);
  vf change = first * job->rate / (__builtin_elementwise_sqrt(second) + job->floor);
  store_lanes(part.first + i, first, lanes);
  store_lanes(part.second + i, second, lanes);
  store_lanes(part.param + i, fma(load_lanes(part.param + i, lanes), splat(kept), -change), lanes);
}

INLINE void update_part(adamw_part part, int32_t count, const adamw_args *args, float scale, float decay) {
  // A copy: the stores below could otherwise change what the loop reads.
  const adamw_args job = *args;
  float kept = 1 - job.learning_rate * decay;
  int32_t i = 0;
  for (; i + VL <= count; i += VL) update(part, &job, scale, kept, i, VL);
  if (i < count) update(part, &job, scale, kept, i, count - i);
}

void adamw(char *heap, const void *args, int32_t block, char *scratch) {
  const adamw_args *job = args;
  float norm = *(const float *)at(heap, job->norm), scale = *(const float *)at(heap, job->scale);
  if (!(__builtin_fabsf(norm) < __builtin_inff())) return;
  const adamw_entry *table = at(heap, job->table);
  const span *spans = at(heap, job->spans);
  row_range range = rows_of(block, BLOCK, job->total);
  for (int32_t e = span_at(spans, job->entries, range.first); e < job->entries && spans[e].start < range.end; e++) {
    row_range values = values_in(spans + e, range);
    const adamw_entry *entry = table + e;
    adamw_part part = {(float *)at(heap, entry->param) + values.first, (const float *)at(heap, entry->grad) + values.first,
                       (float *)at(heap, entry->first) + values.first, (float *)at(heap, entry->second) + values.first};
    if (values.first < values.end) update_part(part, values.end - values.first, job, scale, entry->decay);
  }
}
