// Functions of two operands that broadcast: 16384 values of the result a block, row by row.
//
// Neighboring dimensions that both operands walk alike count as one (src/device/tfjs/broadcast.ts joins them). The last
// one is the row: there, an operand either moves on value by value, or one value of it stands for the whole row.
#pragma once
#include "rows.h"

#define BLOCK 16384
#define OUTER_DIMENSIONS 5

typedef struct {
  ref a;
  ref b;
  ref y;
  int32_t count; // of y
  int32_t width; // of a row
  int32_t a_step; // along a row: 1, or 0 for one value
  int32_t b_step;
  int32_t rank;   // of the dimensions before the row
  struct {
    int32_t size, a_stride, b_stride;
  } outer[OUTER_DIMENSIONS];
} broadcast_args;

// Part of a row. The steps are 1 and 1, 1 and 0 or 0 and 1.
typedef void broadcast_row(void *y, const void *a, const void *b, int32_t a_step, int32_t b_step, int32_t count);

INLINE void broadcast(char *heap, const broadcast_args *job, int32_t block, broadcast_row *run, size_t operand_bytes,
                      size_t result_bytes) {
  const char *a = at(heap, job->a), *b = at(heap, job->b);
  char *y = at(heap, job->y);
  row_range values = rows_of(block, BLOCK, job->count);
  for (int32_t i = values.first; i < values.end;) {
    int32_t row = i / job->width, column = i % job->width;
    ptrdiff_t in_a = (ptrdiff_t)column * job->a_step, in_b = (ptrdiff_t)column * job->b_step;
    for (int32_t d = job->rank - 1; d >= 0; d--) {
      int32_t index = row % job->outer[d].size;
      in_a += (ptrdiff_t)index * job->outer[d].a_stride;
      in_b += (ptrdiff_t)index * job->outer[d].b_stride;
      row /= job->outer[d].size;
    }
    int32_t left = job->width - column, count = left < values.end - i ? left : values.end - i;
    run(y + (size_t)i * result_bytes, a + in_a * operand_bytes, b + in_b * operand_bytes, job->a_step, job->b_step,
        count);
    i += count;
  }
}

// The result may be one of the operands: value i is read before value i is written.
#define EACH(count) _Pragma("clang loop vectorize(assume_safety)") for (int32_t i = 0; i < (count); i++)

// Defines the kernel `name`, whose values are the expression in p and q.
#define BROADCAST(name, operand, result, expression)                                                                   \
  INLINE void name##_row(void *to, const void *from_a, const void *from_b, int32_t a_step, int32_t b_step,             \
                         int32_t count) {                                                                              \
    result *y = to;                                                                                                    \
    const operand *a = from_a, *b = from_b;                                                                            \
    if (b_step == 0) {                                                                                                 \
      const operand q = *b;                                                                                            \
      EACH(count) {                                                                                                    \
        const operand p = a[i];                                                                                        \
        y[i] = expression;                                                                                             \
      }                                                                                                                \
    } else if (a_step == 0) {                                                                                          \
      const operand p = *a;                                                                                            \
      EACH(count) {                                                                                                    \
        const operand q = b[i];                                                                                        \
        y[i] = expression;                                                                                             \
      }                                                                                                                \
    } else {                                                                                                           \
      EACH(count) {                                                                                                    \
        const operand p = a[i], q = b[i];                                                                              \
        y[i] = expression;                                                                                             \
      }                                                                                                                \
    }                                                                                                                  \
  }                                                                                                                    \
  void name(char *heap, const void *args, int32_t block, char *scratch) {                                              \
    broadcast(heap, args, block, name##_row, sizeof(operand), sizeof(result));                                         \
  }
