#include "sheep.h"

typedef struct {
  ref partials;
  ref norm;
  int32_t count;
} global_norm_args;

// The root of the sum of the partial sums of squares of all tensors (sum-squares.c), added in their order. One block.
void global_norm(char *heap, const void *args, int32_t block, char *scratch) {
  const global_norm_args *job = args;
  const float *partials = at(heap, job->partials);
  double sum = 0;
  for (int32_t i = 0; i < job->count; i++) sum += partials[i];
  *(float *)at(heap, job->norm) = (float)__builtin_sqrt(sum);
}
