// Products of numbers rounded to bfloat16: see gemm-bf16.h for the method.
#include "gemm-bf16.h"
#include "bf16.h"

typedef bf16_pair item;
typedef vu items;

static inline items splat_item(item pair) { return (vu){} + pair; }

#if defined(__AVX512BF16__) && VL == 16
#include <immintrin.h>

static inline vf multiply_add(items left, items right, vf sum) {
  return (vf)_mm512_dpbf16_ps((__m512)sum, (__m512bh)left, (__m512bh)right);
}
#elif defined(__ARM_FEATURE_BF16_VECTOR_ARITHMETIC) && VL == 4
#include <arm_neon.h>

static inline vf multiply_add(items left, items right, vf sum) {
  return (vf)vbfdotq_f32((float32x4_t)sum, (bfloat16x8_t)left, (bfloat16x8_t)right);
}
#else
// A product of two numbers of 8 bits is exact in float32, so that it is rounded once, in the sum.
static inline vf multiply_add(items left, items right, vf sum) {
  const vu high = (vu){} + 0xffff0000u;
  sum += (vf)(left << 16) * (vf)(right << 16);
  return sum + (vf)(left & high) * (vf)(right & high);
}
#endif
#include "gemm-tile.h"

// -- Packing --

INLINE vu pairs_of(vf first, vf second) { return encoded_bf16((vu)first) | encoded_bf16((vu)second) << 16; }

// `pairs` rows of one panel, of which the last may lack its second row.
static void pack_panel(bf16_pair *panel, const float *b, ptrdiff_t b_row, ptrdiff_t b_column, int32_t rows,
                       int32_t used) {
  int32_t width = (used + VL - 1) / VL * VL;
  for (int32_t i = 0; i < rows; i += 2, panel += width) {
    const float *first = b + i * b_row, *second = i + 1 < rows ? first + b_row : 0;
    int32_t j = 0;
    if (b_column == 1)
      for (; j + VL <= used; j += VL) *(vu *)(panel + j) = pairs_of(load(first + j), second ? load(second + j) : (vf){});
    for (; j < width; j += VL) {
      float one[VL] = {}, other[VL] = {};
      for (int32_t l = 0; l < least(VL, used - j); l++) {
        one[l] = first[(j + l) * b_column];
        if (second) other[l] = second[(j + l) * b_column];
      }
      *(vu *)(panel + j) = pairs_of(load(one), load(other));
    }
  }
}

void bf16_pack_part(bf16_pair *packed, const float *b, ptrdiff_t b_row, ptrdiff_t b_column, int32_t k, int32_t n,
                    int32_t row, int32_t rows, int32_t column, int32_t columns) {
  for (int32_t j = column; j < column + columns; j += GEMM_WIDTH) {
    int32_t used = least(n - j, GEMM_WIDTH), width = (used + VL - 1) / VL * VL;
    pack_panel(bf16_panel(packed, k, j) + (size_t)(row / 2) * width, b + j * b_column, b_row, b_column, rows, used);
  }
}

void bf16_column_sums(float *sums, const bf16_pair *packed, int32_t k, int32_t n, int32_t column, int32_t columns) {
  const vu ones = (vu){} + 0x3f803f80u;
  for (int32_t j = column; j < column + columns; j += VL) {
    int32_t panel = j / GEMM_WIDTH * GEMM_WIDTH, width = least((n - panel + VL - 1) / VL * VL, GEMM_WIDTH);
    const bf16_pair *from = packed + (size_t)bf16_pairs(k) * panel + (j - panel);
    vf parts[4] = {};
    for (int32_t i = 0; i < bf16_pairs(k); i++)
      parts[i % 4] = multiply_add(*(const vu *)(from + (size_t)i * width), ones, parts[i % 4]);
    float lanes[VL];
    store(lanes, (parts[0] + parts[1]) + (parts[2] + parts[3]));
    for (int32_t l = 0; l < least(VL, n - j); l++) sums[j + l] = lanes[l];
  }
}

void bf16_pack_rows(bf16_pair *to, ptrdiff_t to_row, const float *a, ptrdiff_t a_row, int32_t rows, int32_t k) {
  for (int32_t i = 0; i < rows; i++) {
    const float *from = a + i * a_row;
    uint16_t *words = (uint16_t *)(to + i * to_row);
    int32_t j = 0;
    for (; j + VL <= k; j += VL) *(vh *)(words + j) = __builtin_convertvector(encoded_bf16((vu)load(from + j)), vh);
    for (; j < k; j++) words[j] = (uint16_t)encoded_bf16((vu)splat(from[j]))[0];
    if (k % 2) words[k] = 0;
  }
}

// -- Blocks --

static item_rows part_of_pairs(const void *rows, int32_t from, int32_t depth) {
  const item_rows *a = rows;
  return (item_rows){a->items + from, a->row};
}

void bf16_rows(gemm_output output, int32_t rows, int32_t columns, const bf16_pair *a, ptrdiff_t a_row,
               const bf16_pair *panels, int32_t k) {
  const item_rows left = {a, a_row};
  gemm_parts(output, rows, columns, part_of_pairs, &left, panels, bf16_pairs(k), BF16_DEPTH);
}

// Pairs of floats, made in scratch behind a copy of those floats where they are not neighbors.
static item_rows part_of_floats(const void *rows, int32_t from, int32_t depth) {
  const float_rows *a = rows;
  const ptrdiff_t turned_row = 2 * BF16_SCRATCH_ROW;
  bf16_pair *pairs = (bf16_pair *)(a->scratch + a->rows * turned_row);
  int32_t count = least(2 * depth, a->k - 2 * from);
  const float *floats = a->floats + 2 * from * a->column;
  ptrdiff_t row = a->row;
  if (a->column != 1) {
    gemm_copy(a->scratch, turned_row, floats, row, a->column, a->rows, count);
    floats = a->scratch;
    row = turned_row;
  }
  bf16_pack_rows(pairs, BF16_SCRATCH_ROW, floats, row, a->rows, count);
  return (item_rows){pairs, BF16_SCRATCH_ROW};
}

void bf16_rows_of(gemm_output output, int32_t rows, int32_t columns, const float *a, ptrdiff_t a_row,
                  ptrdiff_t a_column, const bf16_pair *panels, int32_t k, float *scratch) {
  const float_rows left = {a, a_row, a_column, rows, k, scratch};
  gemm_parts(output, rows, columns, part_of_floats, &left, panels, bf16_pairs(k), BF16_DEPTH);
}
