#include "sheep.h"

#define BLOCK 16384

typedef struct {
  ref to;
  int32_t count;
  float value;
} fill_args;

// Block b sets values b * 16384 and on.
void fill(char *heap, const void *args, int32_t block, char *scratch) {
  const fill_args *job = args;
  float *to = (float *)at(heap, job->to) + (size_t)block * BLOCK;
  int32_t left = job->count - block * BLOCK, count = left < BLOCK ? left : BLOCK, i = 0;
  for (; i + VL <= count; i += VL) store(to + i, splat(job->value));
  for (; i < count; i++) to[i] = job->value;
}
