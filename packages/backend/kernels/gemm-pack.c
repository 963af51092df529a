// Packs B into panels, and copies A to where its rows lie in order. Why: see gemm.h.
#include "gemm-bf16.h"
#include "rows.h"

#define UNROLL _Pragma("unroll")

// Rows of B packed at a time over all panels of a block, where rows lie in order: pieces long enough for both sides.
#define PACK_ROWS 16

static inline int32_t least(int32_t a, int32_t b) { return a < b ? a : b; }

// Rows and columns of a square that is transposed in registers. Sixteen rows that lie a power of two apart would not fit
// into the one set of the L1 cache that they share.
// ZIP_LOW and ZIP_HIGH take the floats of two vectors by turns: those of the low and of the high half of each four.
#if VL == 4
#define SIDE 4
#define ZIP_LOW 0, 4, 1, 5
#define ZIP_HIGH 2, 6, 3, 7
#else
#define SIDE 8
#define ZIP_LOW 0, 8, 1, 9, 4, 12, 5, 13
#define ZIP_HIGH 2, 10, 3, 11, 6, 14, 7, 15
#endif

typedef float side __attribute__((vector_size(SIDE * 4), aligned(4)));

// Transposes 4 x 4 floats, in each four of the lanes: zipping the first rows with the last ones does, twice.
INLINE void transpose_fours(side rows[4]) {
  UNROLL for (int time = 0; time < 2; time++) {
    side a = rows[0], b = rows[1], c = rows[2], d = rows[3];
    rows[0] = __builtin_shufflevector(a, c, ZIP_LOW);
    rows[1] = __builtin_shufflevector(a, c, ZIP_HIGH);
    rows[2] = __builtin_shufflevector(b, d, ZIP_LOW);
    rows[3] = __builtin_shufflevector(b, d, ZIP_HIGH);
  }
}

// to[j * to_row + i] = from[i * from_row + j] for a square.
INLINE void transpose_square(float *to, ptrdiff_t to_row, const float *from, ptrdiff_t from_row) {
  side rows[SIDE];
  UNROLL for (int i = 0; i < SIDE; i++) rows[i] = *(const side *)(from + i * from_row);
  UNROLL for (int i = 0; i < SIDE; i += 4) transpose_fours(rows + i);
#if SIDE == 8
  UNROLL for (int i = 0; i < 4; i++) {
    side a = rows[i], b = rows[i + 4];
    rows[i] = __builtin_shufflevector(a, b, 0, 1, 2, 3, 8, 9, 10, 11);
    rows[i + 4] = __builtin_shufflevector(a, b, 4, 5, 6, 7, 12, 13, 14, 15);
  }
#endif
  UNROLL for (int i = 0; i < SIDE; i++) *(side *)(to + i * to_row) = rows[i];
}

// to[j * to_row + i] = from[i * from_row + j], for so few columns that the ends of all rows of `to` stay in the cache.
static void transpose(float *to, ptrdiff_t to_row, const float *from, ptrdiff_t from_row, int32_t rows,
                      int32_t columns) {
  for (int32_t i = 0; i < rows; i += SIDE) {
    const float *row = from + i * from_row;
    int32_t squares = i + SIDE <= rows ? columns / SIDE * SIDE : 0;
    for (int32_t j = 0; j < squares; j += SIDE) transpose_square(to + j * to_row + i, to_row, row + j, from_row);
    for (int32_t j = squares; j < columns; j++)
      for (int32_t l = 0; l < least(SIDE, rows - i); l++) to[j * to_row + i + l] = row[l * from_row + j];
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

// Packs all B of a batch. A block is `block_rows` x `block_columns` of one of them; block_columns is a
// multiple of 64; for bf16 block_rows is even.
typedef struct {
  ref b, packed;
  int32_t k, n, b_row, b_column, b_batch, block_rows, block_columns, bf16;
} gemm_pack_args;

void gemm_pack(char *heap, const void *args, int32_t block, char *scratch) {
  const gemm_pack_args *p = args;
  int32_t down = (p->k + p->block_rows - 1) / p->block_rows, across = (p->n + p->block_columns - 1) / p->block_columns;
  int32_t row = block % down * p->block_rows, column = block / down % across * p->block_columns;
  ptrdiff_t batch = block / down / across;
  const float *b = (const float *)at(heap, p->b) + batch * p->b_batch + (ptrdiff_t)row * p->b_row;
  int32_t rows = least(p->block_rows, p->k - row), columns = least(p->block_columns, p->n - column);
  if (p->bf16)
    bf16_pack_part((bf16_pair *)at(heap, p->packed) + batch * bf16_packed_size(p->k, p->n), b, p->b_row, p->b_column,
                   p->k, p->n, row, rows, column, columns);
  else
    gemm_pack_part((float *)at(heap, p->packed) + batch * gemm_packed_size(p->k, p->n), b, p->b_row, p->b_column, p->k,
                   p->n, row, rows, column, columns);
}
