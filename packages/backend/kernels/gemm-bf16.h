// The matrix product of gemm.h with A and B rounded to bfloat16, summed in float32.
//
// Method: two neighbors along K make a pair of 32 bits, the first in its low half; where K is odd the last pair has a
// zero. Pairs of A lie in rows as its numbers would, those of B in panels as gemm.h packs them, a row for each pair. A
// step of the inner loop multiplies and adds a pair: one instruction where the processor has it, two elsewhere.
#pragma once
#include "gemm.h"

typedef uint32_t bf16_pair;

static inline int32_t bf16_pairs(int32_t k) { return (int32_t)(((int64_t)k + 1) / 2); }

// Pairs along K that are summed before they are added to C, and from one row of A in scratch to the next.
#define BF16_DEPTH 256
#define BF16_SCRATCH_ROW (BF16_DEPTH + 16)

// Pairs of a packed B of k rows and n columns.
static inline size_t bf16_packed_size(int32_t k, int32_t n) { return gemm_packed_size(bf16_pairs(k), n); }

// Where the panel that starts at `column` lies.
static inline bf16_pair *bf16_panel(bf16_pair *packed, int32_t k, int32_t column) {
  return packed + (size_t)bf16_pairs(k) * column;
}

// As gemm_pack_part; `row` is even, and so is `rows` unless they are the last.
void bf16_pack_part(bf16_pair *packed, const float *b, ptrdiff_t b_row, ptrdiff_t b_column, int32_t k, int32_t n,
                    int32_t row, int32_t rows, int32_t column, int32_t columns);

// As gemm_column_sums.
void bf16_column_sums(float *sums, const bf16_pair *packed, int32_t k, int32_t n, int32_t column, int32_t columns);

// Rows of A, k numbers each, as pairs.
void bf16_pack_rows(bf16_pair *to, ptrdiff_t to_row, const float *a, ptrdiff_t a_row, int32_t rows, int32_t k);

// As gemm_rows, from rows of pairs.
void bf16_rows(gemm_output output, int32_t rows, int32_t columns, const bf16_pair *a, ptrdiff_t a_row,
               const bf16_pair *panels, int32_t k);

// As gemm_rows. `scratch` has room for `rows` rows of 3 * BF16_SCRATCH_ROW words.
void bf16_rows_of(gemm_output output, int32_t rows, int32_t columns, const float *a, ptrdiff_t a_row,
                  ptrdiff_t a_column, const bf16_pair *panels, int32_t k, float *scratch);
