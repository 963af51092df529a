// Values as another type, 16384 a block, and what else reads or writes bytes as truth values.
#include "rows.h"

#define BLOCK 16384

typedef struct {
  ref x;
  ref y;
  int32_t count;
} cast_args;

typedef struct {
  ref condition; // bytes
  ref yes;       // 32 bits each
  ref no;
  ref y;
  int32_t count;
} select_args;

// As JavaScript converts: towards zero, the lowest 32 bits, 0 for what is no number. A float from 2^63 on ends in 32
// zeros.
INLINE int32_t to_int(float x) { return x > -0x1p63f && x < 0x1p63f ? (int32_t)(int64_t)x : 0; }

#define CAST(name, from, to, expression)                                                                               \
  void name(char *heap, const void *args, int32_t block, char *scratch) {                                              \
    const cast_args *job = args;                                                                                       \
    const from *restrict x = at(heap, job->x);                                                                         \
    to *restrict y = at(heap, job->y);                                                                                 \
    row_range values = rows_of(block, BLOCK, job->count);                                                              \
    for (int32_t i = values.first; i < values.end; i++) y[i] = expression;                                             \
  }

CAST(cast_float_to_int, float, int32_t, to_int(x[i]))
CAST(cast_float_to_bool, float, uint8_t, x[i] != 0)
CAST(cast_int_to_float, int32_t, float, (float)x[i])
CAST(cast_int_to_bool, int32_t, uint8_t, x[i] != 0)
CAST(cast_bool_to_float, uint8_t, float, (float)x[i])
CAST(cast_bool_to_int, uint8_t, int32_t, x[i])
CAST(logical_not, uint8_t, uint8_t, x[i] == 0)

// One of two values by a third.
void select_words(char *heap, const void *args, int32_t block, char *scratch) {
  const select_args *job = args;
  const uint8_t *restrict condition = at(heap, job->condition);
  const int32_t *restrict yes = at(heap, job->yes), *restrict no = at(heap, job->no);
  int32_t *restrict y = at(heap, job->y);
  row_range values = rows_of(block, BLOCK, job->count);
  for (int32_t i = values.first; i < values.end; i++) {
    int32_t all = -(condition[i] == 1);
    y[i] = (yes[i] & all) | (no[i] & ~all);
  }
}
