// What both directions of attention are made of: products of tiles, and packing for them.
//
// Products read the left matrix where it is, by any strides, and the right one in panels of PANEL columns.
#include "attention.h"
#include "gemm.h"

#define UNROLL _Pragma("unroll")
#define VECTORS (PANEL / VL)

// Rows of the register tile, of which PANEL is a multiple. On WebAssembly see GEMM_ROWS.
#if VL == 16
#define ROWS 8
#elif defined(__wasm__)
#define ROWS 2
#else
#define ROWS 4
#endif

// R rows of C, V vectors wide, whose last has `lanes`. R and V are constants wherever it is inlined.
INLINE void multiply_tile(const int R, const int V, float *c, ptrdiff_t c_row, int32_t lanes, const float *a,
                          ptrdiff_t a_row, ptrdiff_t a_column, const float *b, int32_t depth, int32_t add) {
  vf sum[ROWS][VECTORS] = {};
#pragma clang loop unroll(disable)
  for (int32_t t = 0; t < depth; t++) {
#if defined(__wasm__)
    asm volatile("" ::: "memory"); // see gemm.c
#endif
    vf right[VECTORS];
    UNROLL for (int j = 0; j < V; j++) right[j] = load(b + j * VL);
    UNROLL for (int i = 0; i < R; i++) {
      vf left = splat(a[i * a_row]);
      UNROLL for (int j = 0; j < V; j++) sum[i][j] = fma(left, right[j], sum[i][j]);
    }
    a += a_column;
    b += PANEL;
  }
  UNROLL for (int i = 0; i < R; i++) {
    UNROLL for (int j = 0; j < V; j++) {
      float *to = c + i * c_row + j * VL;
      int32_t here = j == V - 1 ? lanes : VL;
      store_lanes(to, add ? load_lanes(to, here) + sum[i][j] : sum[i][j], here);
    }
  }
}

// A function for each width, not inlined: what V8 makes of one loop is then independent of the others.
#define STRIP(V)                                                                                                       \
  static __attribute__((noinline)) void strip_##V(float *c, ptrdiff_t c_row, int32_t lanes, int32_t rows,              \
                                                  const strided *a, const float *b, int32_t depth, int32_t add) {      \
    int32_t i = 0;                                                                                                     \
    for (; i + ROWS <= rows; i += ROWS)                                                                                \
      multiply_tile(ROWS, V, c + i * c_row, c_row, lanes, a->from + i * a->row, a->row, a->column, b, depth, add);     \
    for (; i < rows; i++)                                                                                              \
      multiply_tile(1, V, c + i * c_row, c_row, lanes, a->from + i * a->row, a->row, a->column, b, depth, add);        \
  }
STRIP(1)
#if VL <= 8
STRIP(2)
#endif
#if VL <= 4
STRIP(3)
STRIP(4)
#endif

void tile_multiply(float *c, ptrdiff_t c_row, int32_t columns, int32_t rows, strided a, const float *b, int32_t depth,
                   int32_t add) {
  int32_t vectors = (columns + VL - 1) / VL, lanes = columns - (vectors - 1) * VL;
  if (vectors == 1) strip_1(c, c_row, lanes, rows, &a, b, depth, add);
#if VL <= 8
  if (vectors == 2) strip_2(c, c_row, lanes, rows, &a, b, depth, add);
#endif
#if VL <= 4
  if (vectors == 3) strip_3(c, c_row, lanes, rows, &a, b, depth, add);
  if (vectors == 4) strip_4(c, c_row, lanes, rows, &a, b, depth, add);
#endif
}

void tile_multiply_wide(float *c, ptrdiff_t c_row, int32_t columns, int32_t rows, strided a, const float *panels,
                        int32_t depth, int32_t add) {
  for (int32_t j = 0; j < columns; j += PANEL)
    tile_multiply(c + j, c_row, least(PANEL, columns - j), rows, a, panels + j * TILE, depth, add);
}

void tile_pack_rows(float *panels, const float *from, ptrdiff_t row, int32_t rows, int32_t size) {
  for (int32_t j = 0; j < size; j += PANEL) {
    if (size - j >= PANEL) {
      for (int32_t i = 0; i < rows; i++)
        UNROLL for (int v = 0; v < PANEL; v += VL)
          store(panels + j * TILE + i * PANEL + v, load(from + i * row + j + v));
    } else {
      gemm_copy(panels + j * TILE, PANEL, from + j, row, 1, rows, size - j);
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

void tile_scale_row(float *to, const float *from, float by, int32_t width) {
  int32_t j = 0;
  for (; j + VL <= width; j += VL) store(to + j, load(from + j) * by);
  for (; j < width; j++) to[j] = from[j] * by;
}
