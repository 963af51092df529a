// C = alpha op(A) op(B) + bias + C, in float32. How: see gemm.h.
#include "gemm-bf16.h"

typedef float item;
typedef vf items;
static inline items splat_item(item value) { return splat(value); }
static inline vf multiply_add(items left, items right, vf sum) { return fma(left, right, sum); }
#include "gemm-tile.h"

static item_rows part_of_floats(const void *rows, int32_t from, int32_t depth) {
  const float_rows *a = rows;
  if (a->column == 1) return (item_rows){a->floats + from, a->row};
  gemm_copy(a->scratch, GEMM_SCRATCH_ROW, a->floats + from * a->column, a->row, a->column, a->rows, depth);
  return (item_rows){a->scratch, GEMM_SCRATCH_ROW};
}

void gemm_rows(gemm_output output, int32_t rows, int32_t columns, const float *a, ptrdiff_t a_row, ptrdiff_t a_column,
               const float *panels, int32_t k, float *scratch) {
  int32_t parts = (k + GEMM_DEPTH - 1) / GEMM_DEPTH, most = parts > 1 ? ((k + parts - 1) / parts + 3) & ~3 : k;
  const float_rows left = {a, a_row, a_column, rows, k, scratch};
  gemm_parts(output, rows, columns, part_of_floats, &left, panels, k, most);
}

// -- Kernels --

// C = alpha A B + bias (over the columns; none where 0) + C (where add), for each of a batch. packed_batch is 1, or 0
// where all share one B. Blocks run down the rows first, so that those that follow each other share their columns of B.
// `sums`, where not 0, gets the sums of B's columns: a bias's gradient, on the way to its weight's. `bf16`: see gemm-bf16.h.
typedef struct {
  ref a, packed, c, bias, sums;
  int32_t m, n, k, a_row, a_column, a_batch, packed_batch, c_row, c_batch, block_rows, block_columns, add, bf16;
  float alpha;
} gemm_args;

void gemm(char *heap, const void *args, int32_t block, char *scratch) {
  const gemm_args *p = args;
  int32_t down = (p->m + p->block_rows - 1) / p->block_rows, across = (p->n + p->block_columns - 1) / p->block_columns;
  ptrdiff_t row = block % down * p->block_rows, column = block / down % across * p->block_columns;
  ptrdiff_t batch = block / down / across;
  const float *a = (const float *)at(heap, p->a) + batch * p->a_batch + row * p->a_row;
  float *c = (float *)at(heap, p->c) + batch * p->c_batch + row * p->c_row + column;
  const float *bias = p->bias ? (const float *)at(heap, p->bias) + column : 0;
  gemm_output output = {c, p->c_row, bias, p->add ? c : 0, p->c_row, p->alpha};
  int32_t rows = least(p->block_rows, p->m - row), columns = least(p->block_columns, p->n - column);
  if (p->bf16) {
    bf16_pair *packed = (bf16_pair *)at(heap, p->packed) + batch * p->packed_batch * bf16_packed_size(p->k, p->n);
    if (p->sums && row == 0) bf16_column_sums(at(heap, p->sums), packed, p->k, p->n, column, columns);
    bf16_rows_of(output, rows, columns, a, p->a_row, p->a_column, bf16_panel(packed, p->k, column), p->k,
                 (float *)scratch);
  } else {
    float *packed = (float *)at(heap, p->packed) + batch * p->packed_batch * gemm_packed_size(p->k, p->n);
    if (p->sums && row == 0) gemm_column_sums(at(heap, p->sums), packed, p->k, p->n, column, columns);
    gemm_rows(output, rows, columns, a, p->a_row, p->a_column, gemm_panel(packed, p->k, column), p->k,
              (float *)scratch);
  }
}
