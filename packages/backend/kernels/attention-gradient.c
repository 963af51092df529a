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

// The largest head whose tiles of TILE queries fit into the scratch; those of larger ones have half as many.
#define MOST_TILED 512

// What is known of the queries of a tile. The share of a missing one is 0, so that all its weights are.
typedef struct {
  float most[TILE];
  float share[TILE];
  float scale[TILE]; // attention's, for each
  float inner[TILE]; // sums of output and its gradient, which are those of the weights and theirs
} gradient_state;

// Of one key and a vector of queries: makes of a score the weight, and of the weight's gradient that of the
// score; with dropout if `drop`.
INLINE void gradient_of_key(const int drop, vf *weight, vf *gradient, const float *factor, vf most, vf share,
                            vf inner, float scale) {
  vf alone = falling_power((*weight - most) * scale) * share;
  *weight = alone;
  if (drop) {
    *weight *= load(factor);
    *gradient *= load(factor);
  }
  *gradient = (*gradient - inner) * alone;
}

// The same of `keys` rows of the vector of queries at `query`.
INLINE void gradient_vector(const int drop, float *weights, float *gradients, const float *factors,
                            const gradient_state *state, int32_t query, int32_t keys, float scale) {
  vf most = load(state->most + query), share = load(state->share + query), inner = load(state->inner + query);
  for (int32_t key = 0; key < keys; key++) {
    vf weight = load(weights + key * SCORE_ROW), gradient = load(gradients + key * SCORE_ROW);
    gradient_of_key(drop, &weight, &gradient, factors + key * PANEL, most, share, inner, scale);
    store(weights + key * SCORE_ROW, weight);
    store(gradients + key * SCORE_ROW, gradient);
  }
}

// `factors` of dropout, or null.
static void gradient_panel(float *weights, float *gradients, const float *factors, const gradient_state *state,
                           int32_t query, int32_t keys, int32_t diagonal, float scale) {
  for (int32_t v = 0; v < PANEL; v += VL) {
    int32_t visible = diagonal ? least(keys, query + v + VL) : keys;
    float *w = weights + v, *g = gradients + v;
    if (factors) gradient_vector(1, w, g, factors + v, state, query + v, visible, scale);
    else gradient_vector(0, w, g, 0, state, query + v, visible, scale);
  }
}

// The sum of output and its gradient, both packed as columns, of each query of a tile. In the order in which the
// weights' gradients are summed: where one key has all of a query's weight, the two have the same bits and cancel.
static void sum_inner(float *inner, const float *y_columns, const float *dy_columns, int32_t queries, int32_t size) {
  for (int32_t i = 0; i < queries; i += PANEL, y_columns += size * PANEL, dy_columns += size * PANEL) {
    vf sum[PANEL / VL] = {};
    for (int32_t j = 0; j < size * PANEL; j += PANEL)
      for (int v = 0; v < PANEL / VL; v++)
        sum[v] = fma(load(y_columns + j + v * VL), load(dy_columns + j + v * VL), sum[v]);
    for (int v = 0; v < PANEL / VL; v++) store(inner + i + v * VL, sum[v]);
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

  const int32_t tile = size > MOST_TILED ? TILE / 2 : TILE, area = tile * wide;
  gradient_state *state = (gradient_state *)scratch;
  float *weights = (float *)(state + 1), *gradients = weights + TILE * SCORE_ROW;
  float *q_rows = gradients + TILE * SCORE_ROW, *q_columns = q_rows + area, *dy_rows = q_columns + area;
  float *dy_columns = dy_rows + area, *k_rows = dy_columns + area, *v_rows = k_rows + area;
  float *factors = job->dropout.kept > 0 ? v_rows + area : 0;
  for (int32_t start = 0; start < time; start += tile) {
    const int32_t queries = least(tile, time - start);
    tile_pack_rows(q_rows, tile, q + start * row, row, job->scale, queries, size);
    tile_pack_columns(q_columns, q + start * row, row, queries, size);
    tile_pack_rows(dy_rows, tile, dy + start * width, width, 1, queries, size);
    tile_pack_columns(dy_columns, dy + start * width, width, queries, size);
    for (int32_t i = 0; i < tile; i++) {
      state->most[i] = i < queries ? most[start + i] : 0;
      state->scale[i] = job->scale;
      state->share[i] = i < queries ? share[start + i] : 0;
    }
    tile_pack_columns(k_rows, y + start * width, width, queries, size);
    sum_inner(state->inner, k_rows, dy_columns, queries, size);
    for (int32_t from = 0; from <= start; from += tile) {
      const int32_t keys = least(tile, time - from), diagonal = from == start;
      tile_pack_rows(k_rows, tile, k + from * row, row, 1, keys, size);
      tile_pack_rows(v_rows, tile, v + from * row, row, 1, keys, size);
      for (int32_t i = 0; i < queries; i += PANEL) {
        const int32_t rows = least(PANEL, queries - i), visible = diagonal ? least(keys, i + PANEL) : keys;
        tile_scores(weights + i, k_rows, tile, q_columns + i * size, size, visible, i, diagonal);
        tile_scores(gradients + i, v_rows, tile, dy_columns + i * size, size, visible, i, diagonal);
        if (factors) {
          uint64_t index = ((uint64_t)block * time + start + i) * time + from;
          tile_dropout(factors, &job->dropout, index, time, visible, i, diagonal);
        }
        gradient_panel(weights + i, gradients + i, factors, state, i, visible, diagonal, power_scale(job->scale));
        tile_product dq_part = {
            dq + (start + i) * row, row, gradients + i, k_rows, tile, rows, size, visible, from > 0,
        };
        tile_multiply_turned(dq_part, 0, diagonal ? state->scale : 0, i, diagonal);
      }
      // The first queries that see a key are those of its own tile, which write instead of adding.
      tile_product dv_part = {dv + from * row, row, weights, dy_rows, tile, keys, size, queries, !diagonal};
      tile_multiply(dv_part, diagonal);
      tile_product dk_part = {dk + from * row, row, gradients, q_rows, tile, keys, size, queries, !diagonal};
      tile_multiply(dk_part, diagonal);
    }
  }
}
