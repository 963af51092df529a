// The inner loops of a matrix product, for whatever a step of K multiplies: see gemm.h for the method.
//
// Who includes it says what an item is, 4 bytes of A or B: `item`, a vector of them `items`, `splat_item(item)`, and
// `multiply_add(left, right, sum)`, which adds the products of two vectors of items to a vector of sums.
#pragma once
#include "gemm.h"

#define INLINE static inline __attribute__((always_inline))
#define UNROLL _Pragma("unroll")

// Steps of K written out in the inner loop.
#define STEPS 8

// Items of a line of the cache.
#define LINE 16

// Has the cache take a line in good time. With four lanes memory keeps up, and it would cost more than it saves.
#if VL > 4
#define FETCH(...) __builtin_prefetch(__VA_ARGS__)
#else
#define FETCH(address, ...) (void)(address)
#endif

static inline int32_t least(int32_t a, int32_t b) { return a < b ? a : b; }

// -- Tiles --

// One step of K: the sums of a tile grow by the product of R floats of A and a row of B.
INLINE void tile_step(const int R, const int V, vf sum[GEMM_MOST_ROWS][GEMM_VECTORS], const item *a, ptrdiff_t a_row,
                      const item *b) {
#if defined(__wasm__)
  asm volatile("" ::: "memory"); // keeps a step's loads within the step: V8 spills whatever is loaded ahead
#endif
  items right[GEMM_VECTORS];
  UNROLL for (int j = 0; j < V; j++) right[j] = *(const items *)(b + j * VL);
  UNROLL for (int i = 0; i < R; i++) {
    items left = splat_item(a[i * a_row]);
    UNROLL for (int j = 0; j < V; j++) sum[i][j] = multiply_add(left, right[j], sum[i][j]);
  }
}

// R rows of C from `row` on, V vectors wide. R and V are constants wherever it is inlined. On the way C is fetched, unless
// the part of K before has just written it, and `pace` items a step of what is next: all else is in a cache.
INLINE void tile(const int R, const int V, const gemm_output *output, ptrdiff_t row, const item *a, ptrdiff_t a_row,
                 const item *b, int32_t depth, const item *next, int32_t pace) {
  vf sum[GEMM_MOST_ROWS][GEMM_VECTORS] = {};
  if (output->add != output->c)
    UNROLL for (int i = 0; i < R; i++)
      UNROLL for (int j = 0; j < V * VL; j += LINE) FETCH(output->c + (row + i) * output->row + j, 1);
  // Each step may be the last: V8 keeps the steps apart, and off the stack, only where the loop may end between them.
  for (; depth > 0; a += STEPS, b += STEPS * V * VL) {
    UNROLL for (int step = 0; step < STEPS; step++) {
      tile_step(R, V, sum, a + step, a_row, b + step * V * VL);
      FETCH(next, 0, 2);
      next += pace;
      if (--depth == 0) goto summed;
    }
  }
summed:
  if (output->alpha != 1)
    UNROLL for (int i = 0; i < R; i++)
      UNROLL for (int j = 0; j < V; j++) sum[i][j] *= output->alpha;
  if (output->bias)
    UNROLL for (int i = 0; i < R; i++)
      UNROLL for (int j = 0; j < V; j++) sum[i][j] += load(output->bias + j * VL);
  if (output->add)
    UNROLL for (int i = 0; i < R; i++)
      UNROLL for (int j = 0; j < V; j++) sum[i][j] += load(output->add + (row + i) * output->add_row + j * VL);
  UNROLL for (int i = 0; i < R; i++)
    UNROLL for (int j = 0; j < V; j++) store(output->c + (row + i) * output->row + j * VL, sum[i][j]);
}

// All rows of one panel: tiles of the build's height, then the rest in fours, twos and ones. The last eight are two fours
// rather than six and two: two rows read the panel as fast as the cache gives it. Meanwhile the next panel is fetched.
INLINE void strip(const int V, const gemm_output *output, int32_t rows, const item *a, ptrdiff_t a_row, const item *b,
                  int32_t depth, const item *next) {
  const int R = GEMM_ROWS(V);
  int32_t pace = (V * VL * R + rows - 1) / rows, i = 0;
#define TILE(height)                                                                                                   \
  tile(height, V, output, i, a + i * a_row, a_row, b, depth, next + (ptrdiff_t)i * depth * pace / R, pace)
  for (; i + R <= rows && (R != 6 || i + 8 != rows); i += R) TILE(R);
  if (R > 4)
    for (; i + 4 <= rows; i += 4) TILE(4);
  if (R > 2)
    for (; i + 2 <= rows; i += 2) TILE(2);
  for (; i < rows; i++) TILE(1);
#undef TILE
}

// A function for each width, not inlined: what V8 makes of one loop is then independent of the others.
#define STRIP(V)                                                                                                       \
  static __attribute__((noinline)) void strip_##V(const gemm_output *output, int32_t rows, const item *a,             \
                                                  ptrdiff_t a_row, const item *b, int32_t depth, const item *next) {  \
    strip(V, output, rows, a, a_row, b, depth, next);                                                                  \
  }
STRIP(1)
STRIP(2)
#if GEMM_VECTORS == 4
STRIP(3)
STRIP(4)
#endif

static void strip_of(int32_t vectors, const gemm_output *output, int32_t rows, const item *a, ptrdiff_t a_row,
                     const item *b, int32_t depth, const item *next) {
  if (vectors == 1) strip_1(output, rows, a, a_row, b, depth, next);
  if (vectors == 2) strip_2(output, rows, a, a_row, b, depth, next);
#if GEMM_VECTORS == 4
  if (vectors == 3) strip_3(output, rows, a, a_row, b, depth, next);
  if (vectors == 4) strip_4(output, rows, a, a_row, b, depth, next);
#endif
}

// A panel whose columns do not fill its vectors: made in `edge`, a few rows at a time; only its own columns are copied.
static void strip_edge(const gemm_output *output, int32_t columns, int32_t rows, const item *a, ptrdiff_t a_row,
                       const item *b, int32_t depth) {
  float edge[GEMM_MOST_ROWS * GEMM_WIDTH], bias[GEMM_WIDTH];
  int32_t vectors = (columns + VL - 1) / VL, width = vectors * VL;
  gemm_output inner = {edge, width, output->bias ? bias : 0, output->add ? edge : 0, width, output->alpha};
  for (int32_t j = 0; output->bias && j < width; j++) bias[j] = j < columns ? output->bias[j] : 0;
  for (int32_t i = 0; i < rows; i += GEMM_MOST_ROWS) {
    int32_t count = least(GEMM_MOST_ROWS, rows - i);
    float *c = output->c + i * output->row;
    const float *add = output->add + i * output->add_row;
    for (int32_t l = 0; output->add && l < count; l++)
      for (int32_t j = 0; j < width; j++) edge[l * width + j] = j < columns ? add[l * output->add_row + j] : 0;
    strip_of(vectors, &inner, count, a + i * a_row, a_row, b, depth, b);
    for (int32_t l = 0; l < count; l++)
      for (int32_t j = 0; j < columns; j++) c[l * output->row + j] = edge[l * width + j];
  }
}

// -- Blocks --

// Rows of A where they are, k floats each, and room to make items of a part of them.
typedef struct {
  const float *floats;
  ptrdiff_t row, column;
  int32_t rows, k;
  float *scratch;
} float_rows;

typedef struct {
  const item *items;
  ptrdiff_t row;
} item_rows;

// The items [from, from + depth) of each of the rows that `a` says.
typedef item_rows items_of(const void *a, int32_t from, int32_t depth);

// One part of K: the rows [from, from + depth) of B's panels, which have k, and the same items of each row of A.
static void gemm_part(gemm_output output, int32_t rows, int32_t columns, item_rows a, const item *panels, int32_t k,
                      int32_t from, int32_t depth) {
  for (int32_t column = 0; column < columns; column += GEMM_WIDTH) {
    int32_t used = least(columns - column, GEMM_WIDTH), vectors = (used + VL - 1) / VL;
    const item *b = panels + (size_t)k * column + (size_t)from * vectors * VL;
    // Behind the last panel the next part of the first one.
    int32_t last = used == columns - column;
    const item *next = last ? panels + (size_t)(from + depth) * GEMM_WIDTH : b + (size_t)k * GEMM_WIDTH;
    gemm_output here = output;
    here.c += column;
    if (here.bias) here.bias += column;
    if (here.add) here.add += column;
    if (used % VL) strip_edge(&here, used, rows, a.items, a.row, b, depth);
    else strip_of(vectors, &here, rows, a.items, a.row, b, depth, next);
  }
}

// All k items of K, in order, in parts of `most`.
INLINE void gemm_parts(gemm_output output, int32_t rows, int32_t columns, items_of *part_of, const void *a,
                       const item *panels, int32_t k, int32_t most) {
  int32_t from = 0;
  do { // once even where k is 0: C is then the bias, or zero
    int32_t depth = least(most, k - from);
    gemm_part(output, rows, columns, part_of(a, from, depth), panels, k, from, depth);
    output.bias = 0;
    output.add = output.c;
    output.add_row = output.row;
    from += depth;
  } while (from < k);
}
