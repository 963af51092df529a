// Causal attention of many heads, and its gradient, in tiles: no T x T matrix is ever made.
//
// Method: FlashAttention-2 (Dao, https://arxiv.org/abs/2307.08691). Queries and keys are taken TILE at a time. Scores
// are made with keys down and queries across, so that a vector holds the same key for VL queries: the softmax then
// needs no sums or maxima within a vector, and what is known of each query (maximum, sum, row sum of the gradient) is a
// vector as well. Sums run in the order of the tiles, which the shapes alone decide. Tiles above the diagonal are left
// out. On it, all that lies above it is left out of the sums, and in steps of a vector of what the sums are made of.
#pragma once
#include "dropout.h"
#include "math.h"
#include "rows.h"

#define TILE 64
#define PANEL 16

// Floats from a key's scores to the next one's. Not a power of two: such rows would share sets of the cache.
#define SCORE_ROW (TILE + PANEL)

INLINE int32_t least(int32_t a, int32_t b) { return a < b ? a : b; }
INLINE int32_t padded(int32_t size) { return (size + PANEL - 1) / PANEL * PANEL; }

// 2^x for x <= 0, and 0 below -126.5. Error above: 0.94 ULP, 1.2 without fused multiply-add. x = k + r for whole k: see
// reduced_exp_minus_one for how the sum with 1.5 * 2^23 finds them.
INLINE vf falling_power(vf x) {
  const vf rounder = splat(0x1.8p23f);
  x = larger(x, splat(-127));
  vf rounded = x + rounder, r = x - (rounded - rounder);
  vf p = splat(0x1.41fbbcp-13f);
  p = fma(p, r, splat(0x1.5f3e52p-10f));
  p = fma(p, r, splat(0x1.3b2d4cp-7f));
  p = fma(p, r, splat(0x1.c6aee8p-5f));
  p = fma(p, r, splat(0x1.ebfbdcp-3f));
  p = fma(p, r, splat(0x1.62e43p-1f));
  vi power = ((vi)rounded << 23) + (127 << 23);
  return fma(p, r, splat(1)) * (vf)power;
}

// A weight is 2^(this (score - most)) / the sum of those, where `scale` is attention's.
INLINE float power_scale(float scale) { return scale * 0x1.715476p0f; }

// At most TILE rows of a head, times a number, in panels of PANEL columns, `apart` rows each. What is missing in the
// last panel stays as it is.
void tile_pack_rows(float *panels, int32_t apart, const float *from, ptrdiff_t row, float by, int32_t rows,
                    int32_t size);

// At most TILE rows of a head as columns, in panels of `size` rows; zeros for missing ones.
void tile_pack_columns(float *panels, const float *from, ptrdiff_t row, int32_t rows, int32_t size);

// Scores of a panel of queries, packed as columns, and `keys` keys, packed as rows. On the diagonal, where the queries
// are those from `query` on, what no query of half the panel sees is left out.
void tile_scores(float *scores, const float *key_rows, int32_t apart, const float *query_columns, int32_t size,
                 int32_t keys, int32_t query, int32_t diagonal);

// A product with rows packed in panels, `columns` of them, `apart` rows each, of which it takes `depth`. C = A B, or,
// where `add`, C + A B.
typedef struct {
  float *c;
  ptrdiff_t c_row;
  const float *a, *b;
  int32_t apart, rows, columns, depth, add;
} tile_product;

// Row i of A is at a + i * SCORE_ROW. On the diagonal its columns before column i are left out: they may hold anything.
void tile_multiply(tile_product product, int32_t diagonal);

// Column i of A is at a + i * SCORE_ROW. On the diagonal the columns of row i behind column first + i are left out: they
// may hold anything. Row i of C is multiplied by before[i], where that is not null, before A B is added, and by after[i]
// at the end.
void tile_multiply_turned(tile_product product, const float *before, const float *after, int32_t first,
                          int32_t diagonal);

// What dropout multiplies the weights of the panel at `query` by: `keys` rows, PANEL apart. The first of its weights
// has the index `first` of B x H x T x T. On the diagonal, what no query of a vector sees may stay as it is.
void tile_dropout(float *factors, const dropout_rule *rule, uint64_t first, int32_t time, int32_t keys, int32_t query,
                  int32_t diagonal);
