// Causal attention of many heads: see attention.h for the method.
#include "attention.h"

// A head of size `size`; at most 1024, so that all tiles of a block fit into the scratch.
typedef struct {
  ref qkv;  // rows of 3 heads * size: queries, keys, values
  ref y;    // rows of heads * size
  ref note; // of each head the largest score of each query, not scaled, then 1 / the sum of its exponentials
  int32_t time;
  int32_t heads;
  int32_t size;
  dropout_rule dropout;
  float scale;
} attention_args;

// What is known of the queries of a tile so far.
typedef struct {
  float most[TILE]; // the largest score, not scaled
  float sum[TILE];  // of the exponentials of scale (score - most)
  float fall[TILE]; // what the last tile of keys made of earlier exponentials
} softmax_state;

// Makes of scores, `keys` rows of the vector of queries at `query`, exponentials, with dropout if `drop`.
INLINE void softmax_vector(const int drop, float *scores, const float *factors, softmax_state *state, int32_t query,
                           int32_t keys, int32_t diagonal, float scale) {
  vf before = load(state->most + query), most = before, sum = splat(0);
  for (int32_t key = 0; key < keys; key++) {
    vf score = load(scores + key * TILE);
    most = choose((most < score) & seen(diagonal, key, query), score, most);
  }
  for (int32_t key = 0; key < keys; key++) {
    vf value = falling_exp((load(scores + key * TILE) - most) * scale);
    vi here = seen(diagonal, key, query);
    sum += (vf)((vi)value & here);
    if (drop) value *= load(factors + key * TILE);
    store(scores + key * TILE, (vf)((vi)value & here));
  }
  vf fall = falling_exp((before - most) * scale);
  store(state->fall + query, fall);
  store(state->most + query, most);
  store(state->sum + query, fma(load(state->sum + query), fall, sum));
}

// `factors` of dropout, or null.
static void softmax_panel(float *scores, const float *factors, softmax_state *state, int32_t query, int32_t keys,
                          int32_t diagonal, float scale) {
  for (int32_t v = 0; v < PANEL; v += VL) {
    if (factors)
      softmax_vector(1, scores + v, factors + v, state, query + v, keys, diagonal, scale);
    else
      softmax_vector(0, scores + v, 0, state, query + v, keys, diagonal, scale);
  }
}

// A block is a tile of queries of one head; those that see most come first.
void attention(char *heap, const void *args, int32_t block, char *scratch) {
  const attention_args *job = args;
  const int32_t time = job->time, size = job->size, wide = padded(size), tiles = (time + TILE - 1) / TILE;
  const ptrdiff_t width = (ptrdiff_t)job->heads * size, row = 3 * width;
  const int32_t head = block / tiles, last = tiles - 1 - block % tiles;
  const int32_t start = last * TILE, queries = least(TILE, time - start);
  const ptrdiff_t place = (ptrdiff_t)(head / job->heads) * time, column = (ptrdiff_t)(head % job->heads) * size;
  const float *q = (const float *)at(heap, job->qkv) + place * row + column, *k = q + width, *v = k + width;

  softmax_state *state = (softmax_state *)scratch;
  float *scores = (float *)(state + 1), *output = scores + TILE * TILE, *values = output + TILE * wide;
  float *turned = values + TILE * wide, *factors = job->dropout.kept > 0 ? turned + TILE * wide : 0;
  tile_pack_columns(turned, q + start * row, row, queries, size);
  for (int32_t i = 0; i < TILE; i += VL) {
    store(state->most + i, splat(-__builtin_inff()));
    store(state->sum + i, splat(0));
  }
  for (int32_t tile = 0; tile <= last; tile++) {
    const int32_t from = tile * TILE, keys = least(TILE, time - from), diagonal = tile == last;
    tile_pack_rows(values, v + from * row, row, keys, size);
    for (int32_t i = 0; i < queries; i += PANEL) {
      const int32_t rows = least(PANEL, queries - i), visible = diagonal ? least(keys, i + PANEL) : keys;
      tile_multiply(scores + i, TILE, PANEL, visible, (strided){k + from * row, row, 1}, turned + i * size, size, 0);
      if (factors) {
        uint64_t index = ((uint64_t)head * time + start + i) * time + from;
        tile_dropout(factors, &job->dropout, index, time, visible, i, diagonal);
      }
      softmax_panel(scores + i, factors, state, i, visible, diagonal, job->scale);
      float *rows_made = output + i * wide;
      for (int32_t l = 0; tile > 0 && l < rows; l++)
        tile_scale_row(rows_made + l * wide, rows_made + l * wide, state->fall[i + l], wide);
      tile_multiply_wide(rows_made, wide, wide, rows, (strided){scores + i, 1, TILE}, values, visible, tile > 0);
    }
  }
  float *y = (float *)at(heap, job->y) + (place + start) * width + column;
  for (int32_t i = 0; i < queries; i++) tile_scale_row(y + i * width, output + i * wide, 1 / state->sum[i], size);
  float *most = (float *)at(heap, job->note) + (ptrdiff_t)head * 2 * time + start, *share = most + time;
  for (int32_t i = 0; i < queries; i++) {
    most[i] = state->most[i];
    share[i] = 1 / state->sum[i];
  }
}
