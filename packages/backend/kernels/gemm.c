// C = alpha op(A) op(B) + bias + C, in float32. How: see gemm.h.
#include "gemm.h"

#define INLINE static inline __attribute__((always_inline))
#define UNROLL _Pragma("unroll")

// Rows of B packed at a time over all panels of a block, where rows lie in order: pieces long enough for both sides.
#define PACK_ROWS 16

// Steps of K written out in the inner loop.
#define STEPS 8

static inline int32_t least(int32_t a, int32_t b) { return a < b ? a : b; }

// -- Packing --

typedef float quad __attribute__((vector_size(16), aligned(4)));

// to[j * to_row + i] = from[i * from_row + j] for 4 x 4.
INLINE void transpose_quad(float *to, ptrdiff_t to_row, const float *from, ptrdiff_t from_row) {
  quad a = *(const quad *)from, b = *(const quad *)(from + from_row);
  quad c = *(const quad *)(from + 2 * from_row), d = *(const quad *)(from + 3 * from_row);
  quad ab = __builtin_shufflevector(a, b, 0, 4, 1, 5), AB = __builtin_shufflevector(a, b, 2, 6, 3, 7);
  quad cd = __builtin_shufflevector(c, d, 0, 4, 1, 5), CD = __builtin_shufflevector(c, d, 2, 6, 3, 7);
  *(quad *)to = __builtin_shufflevector(ab, cd, 0, 1, 4, 5);
  *(quad *)(to + to_row) = __builtin_shufflevector(ab, cd, 2, 3, 6, 7);
  *(quad *)(to + 2 * to_row) = __builtin_shufflevector(AB, CD, 0, 1, 4, 5);
  *(quad *)(to + 3 * to_row) = __builtin_shufflevector(AB, CD, 2, 3, 6, 7);
}

// to[j * to_row + i] = from[i * from_row + j], 16 columns at a time: one line of the cache is read to its end.
static void transpose(float *to, ptrdiff_t to_row, const float *from, ptrdiff_t from_row, int32_t rows,
                      int32_t columns) {
  for (int32_t first = 0; first < columns; first += 16) {
    int32_t end = least(first + 16, columns), whole = first + ((end - first) & ~3);
    for (int32_t i = 0; i < rows; i += 4) {
      const float *row = from + i * from_row;
      int32_t quads = i + 4 <= rows ? whole : first;
      for (int32_t j = first; j < quads; j += 4) transpose_quad(to + j * to_row + i, to_row, row + j, from_row);
      for (int32_t j = quads; j < end; j++)
        for (int32_t l = 0; l < least(4, rows - i); l++) to[j * to_row + i + l] = row[l * from_row + j];
    }
  }
}

void gemm_copy(float *to, ptrdiff_t to_row, const float *from, ptrdiff_t row, ptrdiff_t column, int32_t rows,
               int32_t columns) {
  if (row == 1 && column != 1) {
    transpose(to, to_row, from, column, columns, rows);
    return;
  }
  for (int32_t i = 0; i < rows; i++) {
    int32_t j = 0;
    if (column == 1)
      for (; j + VL <= columns; j += VL) store(to + i * to_row + j, load(from + i * row + j));
    for (; j < columns; j++) to[i * to_row + j] = from[i * row + j * column];
  }
}

// `rows` rows of one panel. A function of its own for the copy of whole rows, whose length is then a constant.
static void pack_panel(float *panel, const float *b, ptrdiff_t b_row, ptrdiff_t b_column, int32_t rows, int32_t used) {
  if (used == GEMM_WIDTH && b_column == 1) {
    for (int32_t i = 0; i < rows; i++)
      UNROLL for (int j = 0; j < GEMM_WIDTH; j += VL) store(panel + i * GEMM_WIDTH + j, load(b + i * b_row + j));
    return;
  }
  int32_t width = (used + VL - 1) / VL * VL;
  gemm_copy(panel, width, b, b_row, b_column, rows, used);
  for (int32_t i = 0; used < width && i < rows; i++)
    for (int32_t j = used; j < width; j++) panel[i * width + j] = 0;
}

void gemm_pack_part(float *packed, const float *b, ptrdiff_t b_row, ptrdiff_t b_column, int32_t k, int32_t n,
                    int32_t row, int32_t rows, int32_t column, int32_t columns) {
  int32_t step = b_column == 1 ? PACK_ROWS : rows;
  for (int32_t i = row; i < row + rows; i += step) {
    for (int32_t j = column; j < column + columns; j += GEMM_WIDTH) {
      int32_t used = least(n - j, GEMM_WIDTH), width = (used + VL - 1) / VL * VL;
      pack_panel(gemm_panel(packed, k, j) + (size_t)i * width, b + (i - row) * b_row + j * b_column, b_row, b_column,
                 least(step, row + rows - i), used);
    }
  }
}

void gemm_column_sums(float *sums, const float *packed, int32_t k, int32_t n, int32_t column, int32_t columns) {
  for (int32_t j = column; j < column + columns; j += VL) {
    int32_t panel = j / GEMM_WIDTH * GEMM_WIDTH, width = least((n - panel + VL - 1) / VL * VL, GEMM_WIDTH);
    const float *from = packed + (size_t)k * panel + (j - panel);
    vf parts[4] = {};
    int32_t i = 0;
    for (; i + 4 <= k; i += 4)
      UNROLL for (int l = 0; l < 4; l++) parts[l] += load(from + (size_t)(i + l) * width);
    for (; i < k; i++) parts[0] += load(from + (size_t)i * width);
    float lanes[VL];
    store(lanes, (parts[0] + parts[1]) + (parts[2] + parts[3]));
    for (int32_t l = 0; l < least(VL, n - j); l++) sums[j + l] = lanes[l];
  }
}

// -- Tiles --

// One step of K: the sums of a tile grow by the product of R floats of A and a row of B.
INLINE void tile_step(const int R, const int V, vf sum[GEMM_MOST_ROWS][GEMM_VECTORS], const float *a, ptrdiff_t a_row,
                      const float *b) {
#if defined(__wasm__)
  asm volatile("" ::: "memory"); // keeps a step's loads within the step: V8 spills whatever is loaded ahead
#endif
  vf right[GEMM_VECTORS];
  UNROLL for (int j = 0; j < V; j++) right[j] = load(b + j * VL);
  UNROLL for (int i = 0; i < R; i++) {
    vf left = splat(a[i * a_row]);
    UNROLL for (int j = 0; j < V; j++) sum[i][j] = fma(left, right[j], sum[i][j]);
  }
}

// R rows of C from `row` on, V vectors wide. R and V are constants wherever it is inlined.
INLINE void tile(const int R, const int V, const gemm_output *output, ptrdiff_t row, const float *a, ptrdiff_t a_row,
                 const float *b, int32_t depth) {
  vf sum[GEMM_MOST_ROWS][GEMM_VECTORS] = {};
  // Each step may be the last: V8 keeps steps apart, and out of the stack, only where the loop can be left between them.
  for (; depth > 0; a += STEPS, b += STEPS * V * VL) {
    UNROLL for (int step = 0; step < STEPS; step++) {
      tile_step(R, V, sum, a + step, a_row, b + step * V * VL);
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

// All rows of one panel: tiles of the build's height, then the rest in fours, twos and ones.
INLINE void strip(const int V, const gemm_output *output, int32_t rows, const float *a, ptrdiff_t a_row, const float *b,
                  int32_t depth) {
  int32_t i = 0;
  for (; i + GEMM_ROWS(V) <= rows; i += GEMM_ROWS(V))
    tile(GEMM_ROWS(V), V, output, i, a + i * a_row, a_row, b, depth);
  if (GEMM_ROWS(V) > 4)
    for (; i + 4 <= rows; i += 4) tile(4, V, output, i, a + i * a_row, a_row, b, depth);
  if (GEMM_ROWS(V) > 2)
    for (; i + 2 <= rows; i += 2) tile(2, V, output, i, a + i * a_row, a_row, b, depth);
  for (; i < rows; i++) tile(1, V, output, i, a + i * a_row, a_row, b, depth);
}

// A function for each width, not inlined: what V8 makes of one loop is then independent of the others.
#define STRIP(V)                                                                                                       \
  static __attribute__((noinline)) void strip_##V(const gemm_output *output, int32_t rows, const float *a,             \
                                                  ptrdiff_t a_row, const float *b, int32_t depth) {                    \
    strip(V, output, rows, a, a_row, b, depth);                                                                        \
  }
STRIP(1)
STRIP(2)
#if GEMM_VECTORS == 4
STRIP(3)
STRIP(4)
#endif

static void strip_of(int32_t vectors, const gemm_output *output, int32_t rows, const float *a, ptrdiff_t a_row,
                     const float *b, int32_t depth) {
  if (vectors == 1) strip_1(output, rows, a, a_row, b, depth);
  if (vectors == 2) strip_2(output, rows, a, a_row, b, depth);
#if GEMM_VECTORS == 4
  if (vectors == 3) strip_3(output, rows, a, a_row, b, depth);
  if (vectors == 4) strip_4(output, rows, a, a_row, b, depth);
#endif
}

// A panel whose columns do not fill its vectors: made in `edge`, a few rows at a time; only its own columns are copied.
static void strip_edge(const gemm_output *output, int32_t columns, int32_t rows, const float *a, ptrdiff_t a_row,
                       const float *b, int32_t depth) {
  float edge[GEMM_MOST_ROWS * GEMM_WIDTH], bias[GEMM_WIDTH];
  int32_t vectors = (columns + VL - 1) / VL, width = vectors * VL;
  gemm_output inner = {edge, width, output->bias ? bias : 0, output->add ? edge : 0, width, output->alpha};
  for (int32_t j = 0; j < width; j++) bias[j] = output->bias && j < columns ? output->bias[j] : 0;
  for (int32_t i = 0; i < rows; i += GEMM_MOST_ROWS) {
    int32_t count = least(GEMM_MOST_ROWS, rows - i);
    float *c = output->c + i * output->row;
    const float *add = output->add + i * output->add_row;
    for (int32_t l = 0; output->add && l < count; l++)
      for (int32_t j = 0; j < width; j++) edge[l * width + j] = j < columns ? add[l * output->add_row + j] : 0;
    strip_of(vectors, &inner, count, a + i * a_row, a_row, b, depth);
    for (int32_t l = 0; l < count; l++)
      for (int32_t j = 0; j < columns; j++) c[l * output->row + j] = edge[l * width + j];
  }
}

// -- Blocks --

// One part of K: the rows [from, from + depth) of B, and the same floats of each row of A, from `a`.
static void gemm_part(gemm_output output, int32_t rows, int32_t columns, const float *a, ptrdiff_t a_row,
                      const float *panels, int32_t k, int32_t from, int32_t depth) {
  for (int32_t column = 0; column < columns; column += GEMM_WIDTH) {
    int32_t used = least(columns - column, GEMM_WIDTH), vectors = (used + VL - 1) / VL;
    const float *b = panels + (size_t)k * column + (size_t)from * vectors * VL;
    gemm_output here = output;
    here.c += column;
    if (here.bias) here.bias += column;
    if (here.add) here.add += column;
    if (used % VL) strip_edge(&here, used, rows, a, a_row, b, depth);
    else strip_of(vectors, &here, rows, a, a_row, b, depth);
  }
}

void gemm_rows(gemm_output output, int32_t rows, int32_t columns, const float *a, ptrdiff_t a_row, ptrdiff_t a_column,
               const float *panels, int32_t k, float *scratch) {
  int32_t parts = (k + GEMM_DEPTH - 1) / GEMM_DEPTH, most = parts > 1 ? ((k + parts - 1) / parts + 3) & ~3 : k;
  int32_t from = 0;
  do { // once even where k is 0: C is then the bias, or zero
    int32_t depth = least(most, k - from);
    if (a_column == 1) {
      gemm_part(output, rows, columns, a + from, a_row, panels, k, from, depth);
    } else {
      gemm_copy(scratch, GEMM_SCRATCH_ROW, a + from * a_column, a_row, a_column, rows, depth);
      gemm_part(output, rows, columns, scratch, GEMM_SCRATCH_ROW, panels, k, from, depth);
    }
    output.bias = 0;
    output.add = output.c;
    output.add_row = output.row;
    from += depth;
  } while (from < k);
}

// -- Kernels --

// Packs all B of a batch. A block is `block_rows` x `block_columns` of one of them; block_columns is a multiple of 64.
typedef struct {
  ref b, packed;
  int32_t k, n, b_row, b_column, b_batch, block_rows, block_columns;
} gemm_pack_args;

void gemm_pack(char *heap, const void *args, int32_t block, char *scratch) {
  const gemm_pack_args *p = args;
  int32_t down = (p->k + p->block_rows - 1) / p->block_rows, across = (p->n + p->block_columns - 1) / p->block_columns;
  int32_t row = block % down * p->block_rows, column = block / down % across * p->block_columns;
  ptrdiff_t batch = block / down / across;
  gemm_pack_part((float *)at(heap, p->packed) + batch * gemm_packed_size(p->k, p->n),
                 (const float *)at(heap, p->b) + batch * p->b_batch + row * p->b_row, p->b_row, p->b_column, p->k, p->n, row,
                 least(p->block_rows, p->k - row), column, least(p->block_columns, p->n - column));
}

// C = alpha A B + bias (over the columns; none where 0) + C (where add), for each of a batch. packed_batch is 1, or 0
// where all share one B. Blocks run down the rows first, so that those that follow each other share their columns of B.
// `sums`, where not 0, gets the sums of B's columns: a bias's gradient, on the way to its weight's.
typedef struct {
  ref a, packed, c, bias, sums;
  int32_t m, n, k, a_row, a_column, a_batch, packed_batch, c_row, c_batch, block_rows, block_columns, add;
  float alpha;
} gemm_args;

void gemm(char *heap, const void *args, int32_t block, char *scratch) {
  const gemm_args *p = args;
  int32_t down = (p->m + p->block_rows - 1) / p->block_rows, across = (p->n + p->block_columns - 1) / p->block_columns;
  ptrdiff_t row = block % down * p->block_rows, column = block / down % across * p->block_columns;
  ptrdiff_t batch = block / down / across;
  const float *a = (const float *)at(heap, p->a) + batch * p->a_batch + row * p->a_row;
  float *packed = (float *)at(heap, p->packed) + batch * p->packed_batch * gemm_packed_size(p->k, p->n);
  float *c = (float *)at(heap, p->c) + batch * p->c_batch + row * p->c_row + column;
  const float *bias = p->bias ? (const float *)at(heap, p->bias) + column : 0;
  gemm_output output = {c, p->c_row, bias, p->add ? c : 0, p->c_row, p->alpha};
  if (p->sums && row == 0)
    gemm_column_sums(at(heap, p->sums), packed, p->k, p->n, column, least(p->block_columns, p->n - column));
  gemm_rows(output, least(p->block_rows, p->m - row), least(p->block_columns, p->n - column), a, p->a_row, p->a_column,
            gemm_panel(packed, p->k, column), p->k, (float *)scratch);
}
