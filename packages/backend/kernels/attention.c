// Causal attention of many heads: see attention.h for the method.
#include "attention.h"

// A head of size `size`; at most 1024, so that all tiles of a block fit into the scratch.
typedef struct {
  ref qkv;  // rows of 3 heads * size: queries, keys, values
  ref y;    // rows of heads * size
  ref note; // of each head the largest score of each query, not scaled, then 1 / the sum of its powers of 2
  int32_t time;
  int32_t heads;
  int32_t size;
  dropout_rule dropout;
  float scale;
} attention_args;

// What is known of the queries of a tile so far.
typedef struct {
  float most[TILE];  // the largest score, not scaled
  float sum[TILE];   // of the powers of 2 of score - most, scaled
  float fall[TILE];  // what the last tile of keys made of earlier powers
  float share[TILE]; // 1 / sum
} softmax_state;

// Which queries of a vector see a key, both numbered from the start of the tile on the diagonal.
INLINE vi seen(int32_t key, int32_t query) { return *(const vi *)lane_numbers + query >= key; }

// Makes of scores, `keys` rows of the vector of queries at `query`, powers of 2, with dropout if `drop`. The keys from
// `masked` on are those of the queries themselves, on the diagonal.
INLINE void softmax_vector(const int drop, float *scores, const float *factors, softmax_state *state, int32_t query,
                           int32_t keys, int32_t masked, float scale) {
  vf before = load(state->most + query), most = before, sum = splat(0);
  for (int32_t key = 0; key < masked; key++) most = larger(most, load(scores + key * SCORE_ROW));
  for (int32_t key = masked; key < keys; key++) {
    vf score = load(scores + key * SCORE_ROW);
    most = choose((most < score) & seen(key, query), score, most);
  }
  for (int32_t key = 0; key < masked; key++) {
    vf value = falling_power((load(scores + key * SCORE_ROW) - most) * scale);
    sum += value;
    store(scores + key * SCORE_ROW, drop ? value * load(factors + key * PANEL) : value);
  }
  for (int32_t key = masked; key < keys; key++) {
    vf value = (vf)((vi)falling_power((load(scores + key * SCORE_ROW) - most) * scale) & seen(key, query));
    sum += value;
    store(scores + key * SCORE_ROW, drop ? value * load(factors + key * PANEL) : value);
  }
  vf fall = falling_power((before - most) * scale), all = fma(load(state->sum + query), fall, sum);
  store(state->fall + query, fall);
  store(state->most + query, most);
  store(state->sum + query, all);
  store(state->share + query, 1 / all);
}

// `factors` of dropout, or null.
static void softmax_panel(float *scores, const float *factors, softmax_state *state, int32_t query, int32_t keys,
                          int32_t diagonal, float scale) {
  for (int32_t v = 0; v < PANEL; v += VL) {
    int32_t visible = diagonal ? least(keys, query + v + VL) : keys, masked = diagonal ? least(keys, query + v) : keys;
    if (factors) softmax_vector(1, scores + v, factors + v, state, query + v, visible, masked, scale);
    else softmax_vector(0, scores + v, 0, state, query + v, visible, masked, scale);
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
  float *scores = (float *)(state + 1), *query_columns = scores + TILE * SCORE_ROW;
  float *key_rows = query_columns + TILE * wide, *value_rows = key_rows + TILE * wide;
  float *factors = job->dropout.kept > 0 ? value_rows + TILE * wide : 0;
  float *y = (float *)at(heap, job->y) + (place + start) * width + column;
  tile_pack_columns(query_columns, q + start * row, row, queries, size);
  for (int32_t i = 0; i < TILE; i += VL) {
    store(state->most + i, splat(-__builtin_inff()));
    store(state->sum + i, splat(0));
  }
  for (int32_t tile = 0; tile <= last; tile++) {
    const int32_t from = tile * TILE, keys = least(TILE, time - from), diagonal = tile == last;
    tile_pack_rows(key_rows, TILE, k + from * row, row, 1, keys, size);
    tile_pack_rows(value_rows, TILE, v + from * row, row, 1, keys, size);
    for (int32_t i = 0; i < queries; i += PANEL) {
      const int32_t visible = diagonal ? least(keys, i + PANEL) : keys;
      tile_scores(scores, key_rows, TILE, query_columns + i * size, size, visible, i, diagonal);
      if (factors) {
        uint64_t index = ((uint64_t)head * time + start + i) * time + from;
        tile_dropout(factors, &job->dropout, index, time, visible, i, diagonal);
      }
      softmax_panel(scores, factors, state, i, visible, diagonal, power_scale(job->scale));
      tile_product part = {
          y + i * width, width, scores, value_rows, TILE, least(PANEL, queries - i), size, visible, tile > 0,
      };
      tile_multiply_turned(part, state->fall + i, diagonal ? state->share + i : 0, i, diagonal);
    }
  }
  float *most = (float *)at(heap, job->note) + (ptrdiff_t)head * 2 * time + start, *share = most + time;
  for (int32_t i = 0; i < queries; i++) {
    most[i] = state->most[i];
    share[i] = state->share[i];
  }
}
