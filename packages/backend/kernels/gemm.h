// The parts of the matrix product that fused kernels share: B packed in panels, and rows of C made from rows of A.
//
// Method: B is packed once into panels of GEMM_WIDTH columns, so that the inner loop reads it in order and a panel's
// part of GEMM_DEPTH rows stays in the L1 cache, or with 16 lanes in the L2 cache, the next one fetched meanwhile. A is
// read where it is, row by row: a splat of one float needs no packing, as long as the floats of a row are neighbors. A
// tile of GEMM_ROWS rows and one panel is summed in registers.
// Sums run over K in order, in parts of GEMM_DEPTH at most whose sums are added to C one after the other, so that the
// bits of an output depend on its row of A and its column of B alone, not on how C is cut into blocks.
#pragma once
#include "sheep.h"

// Rows and vectors of the register tile, and the rows of one that is `vectors` wide (the last panel may be narrower).
// On WebAssembly a larger tile makes V8 spill: 2 x 4 runs twice as fast as 3 x 4.
#if VL == 16
#define GEMM_VECTORS 4
#define GEMM_ROWS(vectors) ((vectors) > 2 ? 6 : 8)
#elif VL == 8
#define GEMM_VECTORS 2
#define GEMM_ROWS(vectors) 6
#elif defined(__wasm__)
#define GEMM_VECTORS 4
#define GEMM_ROWS(vectors) ((vectors) > 2 ? 2 : 4)
#else
#define GEMM_VECTORS 4
#define GEMM_ROWS(vectors) 4
#endif
#define GEMM_MOST_ROWS 8

#define GEMM_WIDTH (GEMM_VECTORS * VL)
#define GEMM_DEPTH 256

// Floats from one row to the next of A copied to scratch. Not a power of two: such rows would share sets of the cache.
#define GEMM_SCRATCH_ROW (GEMM_DEPTH + 16)
#define GEMM_SCRATCH_FLOATS(rows) ((rows) * GEMM_SCRATCH_ROW)

// Floats of a packed B of k rows and n columns: the same in every build, so that JavaScript can take the memory.
static inline size_t gemm_packed_size(int32_t k, int32_t n) { return (size_t)k * (((size_t)n + 15) & ~(size_t)15); }

// Where the panel that starts at `column` (a multiple of GEMM_WIDTH) lies: panels are full, each of all k rows, but the
// last, which is as many vectors wide as it needs, its missing columns zero.
static inline float *gemm_panel(float *packed, int32_t k, int32_t column) { return packed + (size_t)k * column; }

// Where rows of C go. C = alpha A B, plus `bias` over the columns and the matrix `add`, each unless null.
typedef struct {
  float *c;
  ptrdiff_t row; // floats from one row of C to the next
  const float *bias;
  const float *add; // may be C itself
  ptrdiff_t add_row;
  float alpha;
} gemm_output;

// Packs the columns [column, column + columns) of the rows [row, row + rows) of B, k x n. `column` must start a panel.
// `b` is where the row `row` starts.
void gemm_pack_part(float *packed, const float *b, ptrdiff_t b_row, ptrdiff_t b_column, int32_t k, int32_t n,
                    int32_t row, int32_t rows, int32_t column, int32_t columns);

// The sums of columns of a packed B, k x n, from `column` on, which must start a panel.
void gemm_column_sums(float *sums, const float *packed, int32_t k, int32_t n, int32_t column, int32_t columns);

// Copies a matrix with any strides into rows: to[i * to_row + j] = from[i * row + j * column].
void gemm_copy(float *to, ptrdiff_t to_row, const float *from, ptrdiff_t row, ptrdiff_t column, int32_t rows,
               int32_t columns);

// A block of C, rows x columns, from as many rows of A, k floats each, and the packed B whose panels start at `panels`.
// A whose floats of a row are not neighbors (a_column other than 1) goes through scratch, GEMM_SCRATCH_FLOATS(rows).
void gemm_rows(gemm_output output, int32_t rows, int32_t columns, const float *a, ptrdiff_t a_row, ptrdiff_t a_column,
               const float *panels, int32_t k, float *scratch);
