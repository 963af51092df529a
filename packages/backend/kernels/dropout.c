// Dropout of a tensor, and its gradient, which is the same of the gradient.
#include "dropout.h"

#define BLOCK 16384

typedef struct {
  ref x;
  ref residual; // 0 for none
  ref y;        // may be either
  int32_t count;
  dropout_rule rule;
} dropout_args;

// y = residual + x where kept: block b does values b * 16384 and on.
void dropout(char *heap, const void *args, int32_t block, char *scratch) {
  const dropout_args *job = args;
  row_range values = rows_of(block, BLOCK, job->count);
  const float *x = (const float *)at(heap, job->x) + values.first;
  const float *residual = job->residual ? (const float *)at(heap, job->residual) + values.first : 0;
  float *y = (float *)at(heap, job->y) + values.first;
  dropout_row(y, x, residual, &job->rule, values.first, values.end - values.first);
}
