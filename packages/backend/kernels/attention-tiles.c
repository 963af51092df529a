// What both directions of attention are made of: products of tiles, and packing for them.
//
// Products read the left matrix where it is, by any strides, and the right one in panels of PANEL columns.
#include "attention.h"
#include "gemm.h"

#define UNROLL _Pragma("unroll")
#define VECTORS (PANEL / VL)

// Steps of the depth written out in the inner loop: a panel, so that A may lie in panels as well.
#define STEPS PANEL

// Rows of the register tile, of a panel that is `vectors` wide. For WebAssembly see GEMM_ROWS.
#if VL == 16
#define ROWS(vectors) 8
#elif defined(__wasm__)
#define ROWS(vectors) ((vectors) > 2 ? 2 : 4)
#else
#define ROWS(vectors) 4
#endif
#define MOST_ROWS 8

// One step of the depth for the rows from `from` to R: see gemm.c for how.
INLINE void multiply_step(const int from, const int R, const int V, vf sum[MOST_ROWS][VECTORS], const float *a,
                          ptrdiff_t a_row, const float *b) {
#if defined(__wasm__)
  asm volatile("" ::: "memory");
#endif
  vf right[VECTORS];
  UNROLL for (int j = 0; j < V; j++) right[j] = load(b + (size_t)j * VL);
  UNROLL for (int i = from; i < R; i++) {
    vf left = splat(a[(size_t)i * a_row]);
    UNROLL for (int j = 0; j < V; j++) sum[i][j] = fma(left, right[j], sum[i][j]);
  }
}

// R rows of A B, V vectors wide. `a_step` is what lies between the parts of A that are STEPS long. R, V, a_row and
// a_column are constants wherever it is inlined.
INLINE void multiply_tile(const int R, const int V, const int a_row, const int a_column, vf sum[MOST_ROWS][VECTORS],
                          const float *a, ptrdiff_t a_step, const float *b, int32_t depth) {
  for (; depth > 0; a += a_step, b += STEPS * PANEL) {
    UNROLL for (int step = 0; step < STEPS; step++) {
      multiply_step(0, R, V, sum, a + (size_t)step * a_column, a_row, b + (size_t)step * PANEL);
      if (--depth == 0) return;
    }
  }
}

INLINE void scores_tile(const int R, const int V, float *scores, const float *keys, int32_t apart, const float *queries,
                        int32_t size) {
  vf sum[MOST_ROWS][VECTORS] = {};
  multiply_tile(R, V, PANEL, 1, sum, keys, (ptrdiff_t)apart * PANEL, queries, size);
  UNROLL for (int i = 0; i < R; i++)
    UNROLL for (int j = 0; j < V; j++) store(scores + i * SCORE_ROW + j * VL, sum[i][j]);
}

// R rows of C from `row` on; the last of V vectors has `lanes`.
INLINE void plain_tile(const int R, const int V, const tile_product *p, int32_t row, int32_t lanes, int32_t diagonal) {
  vf sum[MOST_ROWS][VECTORS] = {};
  const int32_t skip = diagonal ? row + R - 1 : 0; // of the depth: what not all rows have
  const float *a = p->a + row * SCORE_ROW;
  if (diagonal)
    UNROLL for (int step = 0; step < R - 1; step++)
      multiply_step(0, step + 1, V, sum, a + row + step, SCORE_ROW, p->b + (row + step) * PANEL);
  multiply_tile(R, V, SCORE_ROW, 1, sum, a + skip, STEPS, p->b + skip * PANEL, p->depth - skip);
  UNROLL for (int i = 0; i < R; i++) {
    UNROLL for (int j = 0; j < V; j++) {
      const int32_t here = j == V - 1 ? lanes : VL;
      float *to = p->c + (row + i) * p->c_row + j * VL;
      store_lanes(to, p->add ? load_lanes(to, here) + sum[i][j] : sum[i][j], here);
    }
  }
}

// What happens to rows of C beside the product.
typedef struct {
  const float *before, *after;
  int32_t first, diagonal;
} turned_options;

INLINE void turned_tile(const int R, const int V, const tile_product *p, int32_t row, int32_t lanes,
                        const turned_options *o) {
  vf sum[MOST_ROWS][VECTORS] = {};
  const int32_t depth = o->diagonal ? o->first + row + 1 : p->depth; // what all rows have
  const float *a = p->a + row;
  multiply_tile(R, V, 1, SCORE_ROW, sum, a, STEPS * SCORE_ROW, p->b, depth);
  if (o->diagonal)
    UNROLL for (int step = 1; step < R; step++)
      multiply_step(step, R, V, sum, a + (depth + step - 1) * SCORE_ROW, 1, p->b + (depth + step - 1) * PANEL);
  UNROLL for (int i = 0; i < R; i++) {
    UNROLL for (int j = 0; j < V; j++) {
      const int32_t here = j == V - 1 ? lanes : VL;
      float *to = p->c + (row + i) * p->c_row + j * VL;
      vf value = sum[i][j];
      if (p->add) value = fma(load_lanes(to, here), splat(o->before ? o->before[row + i] : 1), value);
      store_lanes(to, o->after ? value * o->after[row + i] : value, here);
    }
  }
}

// All rows of a panel, V vectors wide: a function for each, not inlined, for what V8 makes of one loop is then
// independent of the others. Whole vectors have a loop of their own, without tests of their lanes.
#define STRIPS(V)                                                                                                      \
  static __attribute__((noinline)) void scores_##V(float *scores, const float *keys, int32_t apart,                    \
                                                   const float *queries, int32_t size, int32_t rows) {                 \
    int32_t i = 0;                                                                                                     \
    for (; i + ROWS(V) <= rows; i += ROWS(V))                                                                          \
      scores_tile(ROWS(V), V, scores + i * SCORE_ROW, keys + i * PANEL, apart, queries, size);                         \
    for (; i < rows; i++) scores_tile(1, V, scores + i * SCORE_ROW, keys + i * PANEL, apart, queries, size);           \
  }                                                                                                                    \
  static __attribute__((noinline)) void plain_##V(const tile_product *p, int32_t lanes, int32_t diagonal) {            \
    int32_t i = 0;                                                                                                     \
    for (; lanes == VL && i + ROWS(V) <= p->rows; i += ROWS(V)) plain_tile(ROWS(V), V, p, i, VL, diagonal);            \
    for (; i + ROWS(V) <= p->rows; i += ROWS(V)) plain_tile(ROWS(V), V, p, i, lanes, diagonal);                        \
    for (; i < p->rows; i++) plain_tile(1, V, p, i, lanes, diagonal);                                                  \
  }                                                                                                                    \
  static __attribute__((noinline)) void turned_##V(const tile_product *p, int32_t lanes, const turned_options *o) {    \
    int32_t i = 0;                                                                                                     \
    for (; lanes == VL && i + ROWS(V) <= p->rows; i += ROWS(V)) turned_tile(ROWS(V), V, p, i, VL, o);                  \
    for (; i + ROWS(V) <= p->rows; i += ROWS(V)) turned_tile(ROWS(V), V, p, i, lanes, o);                              \
    for (; i < p->rows; i++) turned_tile(1, V, p, i, lanes, o);                                                        \
  }
STRIPS(1)
#if VL <= 8
STRIPS(2)
#endif
#if VL <= 4
STRIPS(3)
STRIPS(4)
#endif

// The function that is `vectors` wide.
#if VL == 16
#define STRIP(name, vectors, ...) ((void)(vectors), name##_1(__VA_ARGS__))
#elif VL == 8
#define STRIP(name, vectors, ...) ((vectors) > 1 ? name##_2(__VA_ARGS__) : name##_1(__VA_ARGS__))
#else
#define STRIP(name, vectors, ...)                                                                                      \
  ((vectors) > 3   ? name##_4(__VA_ARGS__)                                                                             \
   : (vectors) > 2 ? name##_3(__VA_ARGS__)                                                                             \
   : (vectors) > 1 ? name##_2(__VA_ARGS__)                                                                             \
                   : name##_1(__VA_ARGS__))
#endif

void tile_scores(float *scores, const float *key_rows, int32_t apart, const float *query_columns, int32_t size,
                 int32_t keys, int32_t query, int32_t diagonal) {
  const int32_t half = VL > PANEL / 2 ? PANEL : PANEL / 2, both = diagonal ? least(keys, query + half) : keys;
  STRIP(scores, VECTORS, scores, key_rows, apart, query_columns, size, both);
  if (both < keys)
    STRIP(scores, (PANEL - half) / VL, scores + both * SCORE_ROW + half, key_rows + both * PANEL, apart,
          query_columns + half, size, keys - both);
}

// The panel of a product that starts at a column. Returns the vectors that it is wide, and the lanes of the last.
INLINE int32_t panel_at(tile_product *panel, int32_t *lanes, const tile_product *product, int32_t column) {
  *panel = *product;
  panel->c += column;
  panel->b += column * product->apart;
  const int32_t columns = least(PANEL, product->columns - column), vectors = (columns + VL - 1) / VL;
  *lanes = columns - (vectors - 1) * VL;
  return vectors;
}

void tile_multiply(tile_product product, int32_t diagonal) {
  for (int32_t column = 0; column < product.columns; column += PANEL) {
    tile_product panel;
    int32_t lanes, vectors = panel_at(&panel, &lanes, &product, column);
    STRIP(plain, vectors, &panel, lanes, diagonal);
  }
}

void tile_multiply_turned(tile_product product, const float *before, const float *after, int32_t first,
                          int32_t diagonal) {
  const turned_options options = {before, after, first, diagonal};
  for (int32_t column = 0; column < product.columns; column += PANEL) {
    tile_product panel;
    int32_t lanes, vectors = panel_at(&panel, &lanes, &product, column);
    STRIP(turned, vectors, &panel, lanes, &options);
  }
}

void tile_pack_rows(float *panels, int32_t apart, const float *from, ptrdiff_t row, float by, int32_t rows,
                    int32_t size) {
  for (int32_t j = 0; j < size; j += PANEL) {
    float *panel = panels + j * apart;
    const float *part = from + j;
    if (size - j >= PANEL) {
      for (int32_t i = 0; i < rows; i++, part += row, panel += PANEL)
        UNROLL for (size_t l = 0; l < PANEL; l += VL) store(panel + l, load(part + l) * by);
    } else {
      for (int32_t i = 0; i < rows; i++)
        for (int32_t l = 0; l < size - j; l++) panel[i * PANEL + l] = part[i * row + l] * by;
    }
  }
}

void tile_pack_columns(float *panels, const float *from, ptrdiff_t row, int32_t rows, int32_t size) {
  for (int32_t i = 0; i < rows; i += PANEL) {
    float *panel = panels + i * size;
    int32_t used = least(PANEL, rows - i);
    if (used < PANEL)
      for (int32_t j = 0; j < size * PANEL; j += VL) store(panel + j, splat(0));
    gemm_copy(panel, PANEL, from + i * row, 1, row, size, used);
  }
}
