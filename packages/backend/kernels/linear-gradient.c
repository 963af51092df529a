// The gradient of linear.c's layer for its input, row by row, and dy as the weight's gradient wants it.
//
// Method: a block brings its rows of dy back through the activation in scratch, packs them as the right side of the
// weight's gradient, multiplies them with the transposed weight and takes the result back through the norm, each while
// the step before is in the cache.
#include "gemm-bf16.h"
#include "norm.h"
#include "rows.h"

typedef struct {
  ref dy;        // (rows, n)
  ref slope;     // (rows, n): the derivative of the activation; 0: none
  ref packed;    // the transposed weight, n x k; 0: dx is not wanted
  ref dx;        // (rows, k)
  ref packed_dy; // gets dy through the activation, packed, rows x n; 0: not wanted
  ref x;         // (rows, k): the input of the norm
  ref gain;      // of the norm; 0: none
  ref notes;     // a norm_note a row
  ref past;      // (rows, k): for a norm, is added to dx; 0: nothing
  ref partials;  // for a norm: two rows a block, its parts of the gradients of gain and shift
  int32_t rows;
  int32_t n;
  int32_t k;
  int32_t block_rows; // n floats for each go into scratch where there is a slope, k for a norm, half of n for bf16
  int32_t centered;
  int32_t bf16; // whether products are those of gemm-bf16.h; block_rows is then even
} linear_gradient_args;

static void multiply(float *to, const float *a, const float *b, size_t count) {
  size_t i = 0;
  for (; i + VL <= count; i += VL) store(to + i, load(a + i) * load(b + i));
  for (; i < count; i++) to[i] = a[i] * b[i];
}

static void add_to(float *to, const float *from, int32_t count) {
  int32_t i = 0;
  for (; i + VL <= count; i += VL) store(to + i, load(to + i) + load(from + i));
  for (; i < count; i++) to[i] += from[i];
}

static void through_norm(const float *dy, char *heap, const linear_gradient_args *job, row_range rows, int32_t block) {
  int32_t k = job->k;
  float *dgain = (float *)at(heap, job->partials) + (size_t)block * 2 * k;
  for (int32_t i = 0; i < 2 * k; i++) dgain[i] = 0;
  for (int32_t row = rows.first; row < rows.end; row++, dy += k) {
    size_t start = (size_t)row * k;
    float *dx = (float *)at(heap, job->dx) + start;
    norm_row_gradient(dx, dgain, dgain + k, dy, (const float *)at(heap, job->x) + start,
                      at(heap, job->gain), ((const norm_note *)at(heap, job->notes))[row], k, job->centered);
    if (job->past) add_to(dx, (const float *)at(heap, job->past) + start, k);
  }
}

void linear_gradient(char *heap, const void *args, int32_t block, char *scratch) {
  const linear_gradient_args *job = args;
  int32_t n = job->n, k = job->k;
  row_range rows = rows_of(block, job->block_rows, job->rows);
  int32_t count = rows.end - rows.first;
  size_t start = (size_t)rows.first * n;
  const float *dy = (const float *)at(heap, job->dy) + start;
  float *room = (float *)scratch;
  if (job->slope) {
    multiply(room, dy, (const float *)at(heap, job->slope) + start, (size_t)count * n);
    dy = room;
    room += (size_t)count * n;
  }
  if (job->packed_dy) {
    if (job->bf16) bf16_pack_part(at(heap, job->packed_dy), dy, n, 1, job->rows, n, rows.first, count, 0, n);
    else gemm_pack_part(at(heap, job->packed_dy), dy, n, 1, job->rows, n, rows.first, count, 0, n);
  }
  if (!job->packed) return;
  float *product = (float *)at(heap, job->dx) + (size_t)rows.first * k;
  if (job->gain) {
    product = room;
    room += (size_t)count * k;
  }
  gemm_output output = {product, k, 0, 0, 0, 1};
  if (job->bf16) {
    bf16_pair *pairs = (bf16_pair *)room;
    bf16_pack_rows(pairs, bf16_pairs(n), dy, n, count, n);
    bf16_rows(output, count, k, pairs, bf16_pairs(n), at(heap, job->packed), n);
  } else {
    gemm_rows(output, count, k, dy, n, 1, at(heap, job->packed), n, 0);
  }
  if (job->gain) through_norm(product, heap, job, rows, block);
}
