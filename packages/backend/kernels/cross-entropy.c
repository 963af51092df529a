// Cross-entropy of rows of logits, and its gradient in their place.
#include "row-max.h"

typedef struct {
  ref logits;  // (rows, width); the gradient of the sum of losses is written over them where `gradient` is set
  ref targets; // int32; a negative one does not count
  ref losses;  // a float a row, in nats
  ref correct; // a float a row: 1 where the target is the first of the largest logits
  int32_t rows;
  int32_t width;
  int32_t block_rows;
  int32_t gradient;
  float smoothing; // the share of the target's probability that is spread over all
} cross_entropy_args;

typedef struct {
  ref losses;
  ref correct;
  ref loss; // scalars: the sums
  ref corrects;
  int32_t rows;
} cross_entropy_sums_args;

// A row of logits and the largest of them.
typedef struct {
  const float *x;
  float most;
} logits_row;

INLINE vf less_at(const logits_row *row, int32_t i, int32_t lanes) { return load_lanes(row->x + i, lanes) - row->most; }

INLINE vf add_less(vf sums, const void *row, int32_t i, int32_t lanes) { return sums + less_at(row, i, lanes); }

INLINE vf add_exp(vf sums, const void *row, int32_t i, int32_t lanes) {
  return sums + falling_exp(less_at(row, i, lanes));
}

INLINE int32_t first_at(const float *x, float value, int32_t width) {
  for (int32_t i = 0; i < width; i++)
    if (x[i] == value) return i;
  return -1;
}

// softmax - smoothing / width; the target's share is taken off behind it.
INLINE void write_lanes(float *x, float most, float scale, float spread, int32_t lanes) {
  store_lanes(x, fma(falling_exp(load_lanes(x, lanes) - most), splat(scale), splat(-spread)), lanes);
}

INLINE void write_gradient(float *x, float most, float scale, float spread, int32_t width) {
  int32_t i = 0;
  for (; i + VL <= width; i += VL) write_lanes(x + i, most, scale, spread, VL);
  if (i < width) write_lanes(x + i, most, scale, spread, width - i);
}

void cross_entropy(char *heap, const void *args, int32_t block, char *scratch) {
  const cross_entropy_args *job = args;
  int32_t width = job->width;
  float smoothing = job->smoothing;
  row_range rows = rows_of(block, job->block_rows, job->rows);
  for (int32_t row = rows.first; row < rows.end; row++) {
    float *x = (float *)at(heap, job->logits) + (size_t)row * width;
    int32_t target = ((const int32_t *)at(heap, job->targets))[row];
    float *loss = (float *)at(heap, job->losses) + row, *correct = (float *)at(heap, job->correct) + row;
    if (target < 0 || target >= width) {
      *loss = *correct = 0;
      for (int32_t i = 0; job->gradient && i < width; i++) x[i] = 0;
      continue;
    }
    const logits_row logits = {x, row_max(x, width)};
    float most = logits.most, sum = sum_row(add_exp, &logits, width);
    float goal = (1 - smoothing) * (x[target] - most);
    if (smoothing > 0) goal += smoothing * sum_row(add_less, &logits, width) / width;
    *loss = log(splat(sum))[0] - goal;
    *correct = first_at(x, most, width) == target;
    if (!job->gradient) continue;
    write_gradient(x, most, 1 / sum, smoothing / width, width);
    x[target] -= 1 - smoothing;
  }
}

// The sums over all rows, in their order. One block.
void cross_entropy_sums(char *heap, const void *args, int32_t block, char *scratch) {
  const cross_entropy_sums_args *job = args;
  const float *losses = at(heap, job->losses), *correct = at(heap, job->correct);
  double loss = 0, corrects = 0;
  for (int32_t row = 0; row < job->rows; row++) {
    loss += losses[row];
    corrects += correct[row];
  }
  *(float *)at(heap, job->loss) = (float)loss;
  *(float *)at(heap, job->corrects) = (float)corrects;
}
