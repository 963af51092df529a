// Token embeddings plus position embeddings, and their gradients.
//
// No two blocks of a gradient write the same row of it, and each adds in the order of the tokens: no races, and the
// same bits whatever the order of the blocks.
#include "rows.h"

typedef struct {
  ref ids;       // int32, (B, T)
  ref tokens;    // (V, C)
  ref positions; // (P, C), row `offset + t` for the token at t; 0: none
  ref y;         // (B, T, C)
  int32_t rows;  // B T
  int32_t time;
  int32_t width;
  int32_t offset;
  int32_t vocab_size;
  int32_t block_rows;
} embed_args;

typedef struct {
  ref dy;
  ref ids;
  ref dtokens; // (V, C)
  int32_t rows;
  int32_t width;
  int32_t vocab_size;
  int32_t block_rows; // of dtokens
  int32_t add;        // 1: to what dtokens holds, as where the head shares the table
} embed_tokens_gradient_args;

typedef struct {
  ref dy;
  ref dpositions; // (P, C)
  int32_t batch;
  int32_t time;
  int32_t width;
  int32_t offset;
  int32_t positions; // P
  int32_t block_rows; // of dpositions
} embed_positions_gradient_args;

INLINE void add_row(float *to, const float *a, const float *b, int32_t width) {
  int32_t i = 0;
  for (; i + VL <= width; i += VL) store(to + i, load(a + i) + load(b + i));
  for (; i < width; i++) to[i] = a[i] + b[i];
}

INLINE void copy_row(float *to, const float *from, int32_t width) {
  int32_t i = 0;
  for (; i + VL <= width; i += VL) store(to + i, load(from + i));
  for (; i < width; i++) to[i] = from[i];
}

INLINE void fill_rows(float *to, float value, size_t count) {
  size_t i = 0;
  for (; i + VL <= count; i += VL) store(to + i, splat(value));
  for (; i < count; i++) to[i] = value;
}

// A row whose id is outside of the vocabulary is NaN, so that a loss shows it.
void embed(char *heap, const void *args, int32_t block, char *scratch) {
  const embed_args *job = args;
  const int32_t *ids = at(heap, job->ids);
  const float *tokens = at(heap, job->tokens), *positions = at(heap, job->positions);
  int32_t width = job->width;
  row_range rows = rows_of(block, job->block_rows, job->rows);
  for (int32_t row = rows.first; row < rows.end; row++) {
    float *y = (float *)at(heap, job->y) + (size_t)row * width;
    if (ids[row] < 0 || ids[row] >= job->vocab_size) {
      fill_rows(y, __builtin_nanf(""), width);
      continue;
    }
    const float *token = tokens + (size_t)ids[row] * width;
    if (job->positions) add_row(y, token, positions + (size_t)(job->offset + row % job->time) * width, width);
    else copy_row(y, token, width);
  }
}

// Ids outside of the vocabulary count for nothing.
void embed_tokens_gradient(char *heap, const void *args, int32_t block, char *scratch) {
  const embed_tokens_gradient_args *job = args;
  const int32_t *ids = at(heap, job->ids);
  const float *dy = at(heap, job->dy);
  int32_t width = job->width;
  row_range own = rows_of(block, job->block_rows, job->vocab_size);
  float *dtokens = at(heap, job->dtokens);
  if (!job->add) fill_rows(dtokens + (size_t)own.first * width, 0, (size_t)(own.end - own.first) * width);
  for (int32_t row = 0; row < job->rows; row++) {
    if ((uint32_t)ids[row] - own.first >= (uint32_t)(own.end - own.first)) continue;
    float *to = dtokens + (size_t)ids[row] * width;
    add_row(to, to, dy + (size_t)row * width, width);
  }
}

void embed_positions_gradient(char *heap, const void *args, int32_t block, char *scratch) {
  const embed_positions_gradient_args *job = args;
  const float *dy = at(heap, job->dy);
  int32_t width = job->width;
  row_range own = rows_of(block, job->block_rows, job->positions);
  for (int32_t row = own.first; row < own.end; row++) {
    float *to = (float *)at(heap, job->dpositions) + (size_t)row * width;
    int32_t t = row - job->offset;
    fill_rows(to, 0, width);
    if (t < 0 || t >= job->time) continue;
    for (int32_t b = 0; b < job->batch; b++) add_row(to, to, dy + ((size_t)b * job->time + t) * width, width);
  }
}
