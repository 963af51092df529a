// What this machine can do, for the bench to compare kernels with: a bare loop of multiply-adds on operands that stay
// in the L1 cache, as the inner loop of a matrix product, and a copy.
#include "gemm.h"

#define VECTORS GEMM_VECTORS
#define ROWS GEMM_ROWS(VECTORS)
// The right operand takes half of the cache.
#define DEPTH (4096 / GEMM_WIDTH)
#define BLOCK 16384

// Operations of one pass over the operands.
#define PASS (2 * ROWS * VECTORS * VL * DEPTH)

typedef struct {
  int32_t mega; // 2^20 operations, so many times
} peak_products_args;

typedef struct {
  ref from;
  ref to;
  int32_t count;
} peak_copy_args;

// A block is mega * 2^20 operations.
void peak_products(char *heap, const void *args, int32_t block, char *scratch) {
  const peak_products_args *job = args;
  const float *a = (const float *)scratch, *b = a + ROWS * DEPTH;
  vf total = {};
  for (int32_t pass = 0; pass < ((int64_t)job->mega << 20) / PASS; pass++) {
    vf sum[ROWS][VECTORS] = {};
#pragma clang loop unroll(disable)
    for (int32_t t = 0; t < DEPTH; t++) {
      asm volatile("" ::: "memory");
      vf right[VECTORS];
      for (int j = 0; j < VECTORS; j++) right[j] = load(b + (t * VECTORS + j) * VL);
      for (int i = 0; i < ROWS; i++) {
        vf left = splat(a[i * DEPTH + t]);
        for (int j = 0; j < VECTORS; j++) sum[i][j] = fma(left, right[j], sum[i][j]);
      }
    }
    for (int i = 0; i < ROWS; i++)
      for (int j = 0; j < VECTORS; j++) total += sum[i][j];
  }
  store((float *)scratch + ROWS * DEPTH + VECTORS * VL * DEPTH, total);
}

// Block b copies values b * 16384 and on.
void peak_copy(char *heap, const void *args, int32_t block, char *scratch) {
  const peak_copy_args *job = args;
  const float *from = (const float *)at(heap, job->from) + (size_t)block * BLOCK;
  float *to = (float *)at(heap, job->to) + (size_t)block * BLOCK;
  int32_t left = job->count - block * BLOCK, count = left < BLOCK ? left : BLOCK, i = 0;
  for (; i + VL <= count; i += VL) store(to + i, load(from + i));
  for (; i < count; i++) to[i] = from[i];
}
