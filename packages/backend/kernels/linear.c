// A linear layer with all that stands around it: the norm of its rows, and bias, activation and residual of its columns.
//
// Method: a block normalizes its rows into scratch, so that they are in the cache when the product reads them, and goes
// over each panel of the product again while that is in the first-level cache.
#include "activation.h"
#include "gemm-bf16.h"
#include "norm.h"
#include "rows.h"

enum { NONE, GELU_TANH, GELU_ERF, SILU };

typedef struct {
  ref x;        // (rows, k)
  ref packed;   // the weight, k x n
  ref bias;     // n; 0: none, as for residual and slope
  ref residual; // (rows, n)
  ref y;        // (rows, n)
  ref slope;    // (rows, n): gets the derivative of the activation
  ref gain;     // of the norm; 0: x is not normalized
  ref shift;    // 0: none
  ref normal;   // (rows, k): gets the normalized rows; 0: not wanted, as for notes
  ref notes;    // gets a norm_note a row
  int32_t rows;
  int32_t k;
  int32_t n;
  int32_t block_rows; // k floats for each go into scratch where there is a norm, and half as many for bf16
  int32_t block_columns;
  int32_t activation;
  int32_t centered;
  int32_t bf16; // whether the product is that of gemm-bf16.h
  float epsilon;
} linear_args;

// A part of y: rows x columns, n floats from one row to the next.
typedef struct {
  float *y, *slope;
  int32_t rows, columns, n;
} tile_part;

INLINE void activate_lanes(activated (*function)(vf), float *y, float *slope, int32_t lanes) {
  activated at = function(load_lanes(y, lanes));
  store_lanes(y, at.value, lanes);
  if (slope) store_lanes(slope, at.slope, lanes);
}

INLINE void activate(activated (*function)(vf), tile_part part) {
  for (int32_t row = 0; row < part.rows; row++) {
    float *y = part.y + (ptrdiff_t)row * part.n, *slope = part.slope ? part.slope + (ptrdiff_t)row * part.n : 0;
    int32_t i = 0;
    for (; i + VL <= part.columns; i += VL) activate_lanes(function, y + i, slope ? slope + i : 0, VL);
    if (i < part.columns) activate_lanes(function, y + i, slope ? slope + i : 0, part.columns - i);
  }
}

static void activate_part(int32_t activation, tile_part part) {
  if (activation == GELU_TANH) activate(gelu_tanh, part);
  if (activation == GELU_ERF) activate(gelu_erf, part);
  if (activation == SILU) activate(silu, part);
}

// Into `to`; with what the gradient reads where `keep`.
static void normalize(float *to, char *heap, const linear_args *job, row_range rows, int32_t keep) {
  const float *shift = job->shift ? at(heap, job->shift) : 0;
  int32_t k = job->k;
  for (int32_t row = rows.first; row < rows.end; row++, to += k) {
    const float *x = (const float *)at(heap, job->x) + (size_t)row * k;
    norm_note note = norm_row(to, x, at(heap, job->gain), shift, k, job->centered, job->epsilon);
    if (keep && job->notes) ((norm_note *)at(heap, job->notes))[row] = note;
    if (keep && job->normal) __builtin_memcpy((float *)at(heap, job->normal) + (size_t)row * k, to, (size_t)k * 4);
  }
}

void linear(char *heap, const void *args, int32_t block, char *scratch) {
  const linear_args *job = args;
  int32_t down = (job->rows + job->block_rows - 1) / job->block_rows, k = job->k, n = job->n;
  row_range rows = rows_of(block % down, job->block_rows, job->rows);
  row_range columns = rows_of(block / down, job->block_columns, n);
  const float *a = (const float *)at(heap, job->x) + (size_t)rows.first * k;
  int32_t count = rows.end - rows.first, row = bf16_pairs(k);
  bf16_pair *pairs = (bf16_pair *)scratch;
  if (job->gain) {
    normalize((float *)scratch, heap, job, rows, columns.first == 0);
    a = (const float *)scratch;
    pairs += (size_t)count * k;
  }
  if (job->bf16) bf16_pack_rows(pairs, row, a, k, count, k);
  size_t start = (size_t)rows.first * n;
  for (int32_t column = columns.first; column < columns.end; column += GEMM_WIDTH) {
    int32_t used = columns.end - column < GEMM_WIDTH ? columns.end - column : GEMM_WIDTH;
    float *y = (float *)at(heap, job->y) + start + column;
    const float *bias = job->bias ? (const float *)at(heap, job->bias) + column : 0;
    const float *residual = job->residual ? (const float *)at(heap, job->residual) + start + column : 0;
    gemm_output output = {y, n, bias, residual, n, 1};
    if (job->bf16) bf16_rows(output, count, used, pairs, row, bf16_panel(at(heap, job->packed), k, column), k);
    else gemm_rows(output, count, used, a, k, 1, gemm_panel(at(heap, job->packed), k, column), k, 0);
    float *slope = job->slope ? (float *)at(heap, job->slope) + start + column : 0;
    activate_part(job->activation, (tile_part){y, slope, count, used, n});
  }
}
