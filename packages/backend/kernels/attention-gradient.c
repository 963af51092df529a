// The gradient of causal attention, all three parts in one pass: see attention.h for the method.
#include "attention.h"

typedef struct {
  ref dy;
  ref qkv;
  ref y;
  ref note;
  ref dqkv;
  int32_t time;
  int32_t heads;
  int32_t size;
  dropout_rule dropout;
  float scale;
} attention_gradient_args;

// What is known of the queries of a tile. The share of a missing one is 0, so that all its weights are.
typedef struct {
  float most[TILE];
  float share[TILE];
  float inner[TILE]; // sums of output and its gradient, which are those of the weights and theirs
} gradient_state;

// Of a vector of queries: makes of scores weights, and of the weights' gradients those of the unscaled scores, with
// dropout if `drop`.
INLINE void gradient_vector(const int drop, float *scores, float *gradients, const float *factors,
                            const gradient_state *state, int32_t query, int32_t keys, int32_t diagonal, float scale) {
  vf most = load(state->most + query), share = load(state->share + query), inner = load(state->inner + query);
  for (int32_t key = 0; key < keys; key++) {
    vi here = seen(diagonal, key, query);
    vf weight = falling_exp((load(scores + key * TILE) - most) * scale) * share;
    vf gradient = load(gradients + key * TILE), used = weight;
    if (drop) {
      vf factor = load(factors + key * TILE);
      gradient *= factor;
      used *= factor;
    }
    store(scores + key * TILE, (vf)((vi)used & here));
    store(gradients + key * TILE, (vf)((vi)((gradient - inner) * weight * scale) & here));
  }
}

// `factors` of dropout, or null.
static void gradient_panel(float *scores, float *gradients, const float *factors, const gradient_state *state,
                           int32_t query, int32_t keys, int32_t diagonal, float scale) {
  for (int32_t v = 0; v < PANEL; v += VL) {
    float *s = scores + v, *g = gradients + v;
    if (factors)
      gradient_vector(1, s, g, factors + v, state, query + v, keys, diagonal, scale);
    else
      gradient_vector(0, s, g, 0, state, query + v, keys, diagonal, scale);
  }
}

// The sum of output and its gradient, both packed as columns, of each query of a tile. In the order in which the
// weights' gradients are summed: where one key has all of a query's weight, the two have the same bits and cancel.
static void sum_inner(float *inner, const float *y_columns, const float *dy_columns, int32_t size) {
  for (int32_t i = 0; i < TILE; i += VL) {
    const ptrdiff_t start = i / PANEL * PANEL * size + i % PANEL;
    vf sum = splat(0);
    for (int32_t j = 0; j < size; j++)
      sum = fma(load(y_columns + start + j * PANEL), load(dy_columns + start + j * PANEL), sum);
    store(inner + i, sum);
  }
}

// A block is one head, all queries of it: the gradients of keys and values are sums over queries.
void attention_gradient(char *heap, const void *args, int32_t block, char *scratch) {
  const attention_gradient_args *job = args;
  const int32_t time = job->time, size = job->size, wide = padded(size);
  const ptrdiff_t width = (ptrdiff_t)job->heads * size, row = 3 * width;
  const ptrdiff_t place = (ptrdiff_t)(block / job->heads) * time, column = (ptrdiff_t)(block % job->heads) * size;
  const float *q = (const float *)at(heap, job->qkv) + place * row + column, *k = q + width, *v = k + width;
  float *dq = (float *)at(heap, job->dqkv) + place * row + column, *dk = dq + width, *dv = dk + width;
  const float *y = (const float *)at(heap, job->y) + place * width + column;
  const float *dy = (const float *)at(heap, job->dy) + place * width + column;
  const float *most = (const float *)at(heap, job->note) + (ptrdiff_t)block * 2 * time, *share = most + time;

  const int32_t area = TILE * wide;
  gradient_state *state = (gradient_state *)scratch;
  float *weights = (float *)(state + 1), *gradients = weights + TILE * TILE, *sums = gradients + TILE * TILE;
  float *q_rows = sums + area, *q_columns = q_rows + area, *dy_rows = q_columns + area, *dy_columns = dy_rows + area;
  float *k_rows = dy_columns + area, *factors = job->dropout.kept > 0 ? k_rows + area : 0;
  for (int32_t start = 0; start < time; start += TILE) {
    const int32_t queries = least(TILE, time - start);
    tile_pack_rows(q_rows, q + start * row, row, queries, size);
    tile_pack_columns(q_columns, q + start * row, row, queries, size);
    tile_pack_rows(dy_rows, dy + start * width, width, queries, size);
    tile_pack_columns(dy_columns, dy + start * width, width, queries, size);
    for (int32_t i = 0; i < TILE; i++) {
      state->most[i] = i < queries ? most[start + i] : 0;
      state->share[i] = i < queries ? share[start + i] : 0;
    }
    tile_pack_columns(sums, y + start * width, width, queries, size);
    sum_inner(state->inner, sums, dy_columns, size);
    for (int32_t from = 0; from <= start; from += TILE) {
      const int32_t keys = least(TILE, time - from), diagonal = from == start;
      tile_pack_rows(k_rows, k + from * row, row, keys, size);
      for (int32_t i = 0; i < queries; i += PANEL) {
        const int32_t visible = diagonal ? least(keys, i + PANEL) : keys;
        const strided k_tile = {k + from * row, row, 1}, v_tile = {v + from * row, row, 1};
        tile_multiply(weights + i, TILE, PANEL, visible, k_tile, q_columns + i * size, size, 0);
        tile_multiply(gradients + i, TILE, PANEL, visible, v_tile, dy_columns + i * size, size, 0);
        if (factors) {
          uint64_t index = ((uint64_t)block * time + start + i) * time + from;
          tile_dropout(factors, &job->dropout, index, time, visible, i, diagonal);
        }
        gradient_panel(weights + i, gradients + i, factors, state, i, visible, diagonal, job->scale);
        tile_multiply_wide(sums + i * wide, wide, wide, least(PANEL, queries - i), (strided){gradients + i, 1, TILE},
                           k_rows, visible, from > 0);
      }
      // The first queries that see a key are those of its own tile, which write instead of adding.
      const int32_t step = diagonal ? PANEL : TILE;
      for (int32_t i = 0; i < keys; i += step) {
        const int32_t rows = least(step, keys - i), first = diagonal ? i : 0, skip = i * TILE + first;
        tile_multiply_wide(dv + (from + i) * row, row, size, rows, (strided){weights + skip, TILE, 1},
                           dy_rows + first * PANEL, queries - first, !diagonal);
        tile_multiply_wide(dk + (from + i) * row, row, size, rows, (strided){gradients + skip, TILE, 1},
                           q_rows + first * PANEL, queries - first, !diagonal);
      }
    }
    for (int32_t i = 0; i < queries; i++) tile_scale_row(dq + (start + i) * row, sums + i * wide, 1, size);
  }
}
