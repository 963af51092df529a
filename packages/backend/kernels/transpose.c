// Transposes matrices of a batch, in tiles of 64 x 64: a line of the cache is read and written whole while it is there.
#include "rows.h"

#define TILE 64
#define OUTER_DIMENSIONS 4

typedef struct {
  ref x;
  ref y;
  int32_t rows;     // of y
  int32_t columns;  // of y
  int32_t x_stride; // from one column of y to the next, in x, where the rows of y are neighbors
  int32_t y_stride; // from one row of y to the next, in y, where the columns are neighbors
  int32_t rank;     // of the batch
  struct {
    int32_t size, x_stride, y_stride;
  } outer[OUTER_DIMENSIONS];
} transpose_args;

typedef int32_t quad __attribute__((vector_size(16), aligned(4)));

INLINE quad quad_at(const int32_t *from) { return *(const quad *)from; }

// y[r][c] = x[c][r] for 4 x 4.
INLINE void transpose_quad(int32_t *y, size_t y_stride, const int32_t *x, size_t x_stride) {
  quad a = quad_at(x), b = quad_at(x + x_stride), c = quad_at(x + 2 * x_stride), d = quad_at(x + 3 * x_stride);
  quad ab = __builtin_shufflevector(a, b, 0, 4, 1, 5), AB = __builtin_shufflevector(a, b, 2, 6, 3, 7);
  quad cd = __builtin_shufflevector(c, d, 0, 4, 1, 5), CD = __builtin_shufflevector(c, d, 2, 6, 3, 7);
  *(quad *)y = __builtin_shufflevector(ab, cd, 0, 1, 4, 5);
  *(quad *)(y + y_stride) = __builtin_shufflevector(ab, cd, 2, 3, 6, 7);
  *(quad *)(y + 2 * y_stride) = __builtin_shufflevector(AB, CD, 0, 1, 4, 5);
  *(quad *)(y + 3 * y_stride) = __builtin_shufflevector(AB, CD, 2, 3, 6, 7);
}

static void transpose_tile(int32_t *y, size_t y_stride, const int32_t *x, size_t x_stride, int32_t rows,
                           int32_t columns) {
  int32_t whole_rows = rows & ~3, whole_columns = columns & ~3;
  // 16 rows of y at a time: what is read of a column of y is then a line.
  for (int32_t first = 0; first < whole_rows; first += 16) {
    int32_t end = first + 16 < whole_rows ? first + 16 : whole_rows;
    for (int32_t c = 0; c < whole_columns; c += 4) {
      for (int32_t r = first; r < end; r += 4) {
        transpose_quad(y + r * y_stride + c, y_stride, x + c * x_stride + r, x_stride);
      }
    }
  }
  for (int32_t r = 0; r < rows; r++) {
    for (int32_t c = r < whole_rows ? whole_columns : 0; c < columns; c++) y[r * y_stride + c] = x[c * x_stride + r];
  }
}

// A block is four tiles side by side.
void transpose_words(char *heap, const void *args, int32_t block, char *scratch) {
  const transpose_args *job = args;
  int32_t down = (job->rows + TILE - 1) / TILE, across = (job->columns + 4 * TILE - 1) / (4 * TILE);
  row_range rows = rows_of(block / across % down, TILE, job->rows);
  row_range columns = rows_of(block % across, 4 * TILE, job->columns);
  size_t in_x = rows.first, in_y = (size_t)rows.first * job->y_stride;
  for (int32_t d = job->rank - 1, matrix = block / across / down; d >= 0; d--) {
    in_x += (size_t)(matrix % job->outer[d].size) * job->outer[d].x_stride;
    in_y += (size_t)(matrix % job->outer[d].size) * job->outer[d].y_stride;
    matrix /= job->outer[d].size;
  }
  const int32_t *x = (const int32_t *)at(heap, job->x) + in_x;
  int32_t *y = (int32_t *)at(heap, job->y) + in_y;
  for (int32_t c = columns.first; c < columns.end; c += TILE) {
    int32_t width = columns.end - c < TILE ? columns.end - c : TILE;
    transpose_tile(y + c, job->y_stride, x + (size_t)c * job->x_stride, job->x_stride, rows.end - rows.first, width);
  }
}
