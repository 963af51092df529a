// Causal attention of many heads, and its gradient, in tiles: no T x T matrix is ever made.
//
// Method: FlashAttention-2 (Dao, https://arxiv.org/abs/2307.08691). Queries and keys are taken TILE at a time. Scores
// are made with keys down and queries across, so that a vector holds the same key for VL queries: the softmax then
// needs no sums or maxima within a vector, and what is known of each query (maximum, sum, row sum of the gradient) is a
// vector as well. Sums run in the order of the tiles, which the shapes alone decide. Tiles above the diagonal are left
// out, and of those on it whatever lies above it, in steps of PANEL.
#pragma once
#include "dropout.h"
#include "math.h"
#include "rows.h"

#define TILE 32
#define PANEL 16

INLINE int32_t least(int32_t a, int32_t b) { return a < b ? a : b; }
INLINE int32_t padded(int32_t size) { return (size + PANEL - 1) / PANEL * PANEL; }

// Which queries of a vector see a key: all unless `diagonal`, where both are numbered from the start of the tile.
INLINE vi seen(int32_t diagonal, int32_t key, int32_t query) {
  return *(const vi *)lane_numbers + query >= (diagonal ? key : 0);
}

// A matrix: the float in row i and column j is from[i * row + j * column].
typedef struct {
  const float *from;
  ptrdiff_t row, column;
} strided;

// C = A B, or C + A B if `add`: `rows` rows of at most PANEL columns, from a panel of B that is `depth` rows long.
void tile_multiply(float *c, ptrdiff_t c_row, int32_t columns, int32_t rows, strided a, const float *b, int32_t depth,
                   int32_t add);

// The same over all the columns of a head, from panels of TILE rows each.
void tile_multiply_wide(float *c, ptrdiff_t c_row, int32_t columns, int32_t rows, strided a, const float *panels,
                        int32_t depth, int32_t add);

// At most TILE rows of a head in panels of columns. What is missing in the last panel stays as it is: nothing reads
// the columns that it makes.
void tile_pack_rows(float *panels, const float *from, ptrdiff_t row, int32_t rows, int32_t size);

// At most TILE rows of a head as columns, in panels of `size` rows; zeros for missing ones.
void tile_pack_columns(float *panels, const float *from, ptrdiff_t row, int32_t rows, int32_t size);

// A row times a number.
void tile_scale_row(float *to, const float *from, float by, int32_t width);

// What dropout multiplies the weights of the panel at `query` by: `keys` rows, TILE apart. The first of its weights has
// the index `first` of B x H x T x T. On the diagonal, what no query of a vector sees may stay as it is.
void tile_dropout(float *factors, const dropout_rule *rule, uint64_t first, int32_t time, int32_t keys, int32_t query,
                  int32_t diagonal);
