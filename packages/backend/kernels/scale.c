#include "rows.h"

#define BLOCK 16384

typedef struct {
  ref x;
  ref by; // a scalar
  ref y;
  int32_t count;
} scale_args;

// y = x times a scalar: block b does values b * 16384 and on.
void scale(char *heap, const void *args, int32_t block, char *scratch) {
  const scale_args *job = args;
  float by = *(const float *)at(heap, job->by);
  const float *x = at(heap, job->x);
  float *y = at(heap, job->y);
  row_range values = rows_of(block, BLOCK, job->count);
  int32_t i = values.first;
  for (; i + VL <= values.end; i += VL) store(y + i, load(x + i) * by);
  for (; i < values.end; i++) y[i] = x[i] * by;
}
