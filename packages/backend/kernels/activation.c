// Functions of one value, in blocks of 16384 values: the activations with their gradients, and those of math.h.
#include "activation.h"
#include "rows.h"

#define BLOCK 16384

typedef struct {
  ref x;
  ref y;
  int32_t count;
} pointwise_args;

typedef struct {
  ref dy;
  ref x; // the input of the function
  ref dx;
  int32_t count;
} pointwise_gradient_args;

INLINE int32_t values_of(int32_t block, int32_t count) {
  int32_t left = count - block * BLOCK;
  return left < BLOCK ? left : BLOCK;
}

INLINE void apply(vf (*function)(vf), char *heap, const pointwise_args *job, int32_t block) {
  const float *x = (const float *)at(heap, job->x) + (size_t)block * BLOCK;
  float *y = (float *)at(heap, job->y) + (size_t)block * BLOCK;
  int32_t count = values_of(block, job->count), i = 0;
  for (; i + VL <= count; i += VL) store(y + i, function(load(x + i)));
  if (i < count) store_lanes(y + i, function(load_lanes(x + i, count - i)), count - i);
}

INLINE void apply_gradient(vf (*slope)(vf), char *heap, const pointwise_gradient_args *job, int32_t block) {
  size_t first = (size_t)block * BLOCK;
  const float *dy = (const float *)at(heap, job->dy) + first, *x = (const float *)at(heap, job->x) + first;
  float *dx = (float *)at(heap, job->dx) + first;
  int32_t count = values_of(block, job->count), i = 0;
  for (; i + VL <= count; i += VL) store(dx + i, load(dy + i) * slope(load(x + i)));
  if (i < count) {
    int32_t lanes = count - i;
    store_lanes(dx + i, load_lanes(dy + i, lanes) * slope(load_lanes(x + i, lanes)), lanes);
  }
}

#define VALUES(name, function)                                                                                         \
  void pointwise_##name(char *heap, const void *args, int32_t block, char *scratch) {                                  \
    apply(function, heap, args, block);                                                                                \
  }
#define ACTIVATION(name)                                                                                               \
  INLINE vf name##_value(vf x) { return name(x).value; }                                                               \
  INLINE vf name##_slope(vf x) { return name(x).slope; }                                                               \
  VALUES(name, name##_value)                                                                                           \
  void pointwise_##name##_gradient(char *heap, const void *args, int32_t block, char *scratch) {                       \
    apply_gradient(name##_slope, heap, args, block);                                                                   \
  }

ACTIVATION(gelu_tanh)
ACTIVATION(gelu_erf)
ACTIVATION(silu)
VALUES(exp, exp)
VALUES(tanh, tanh)
VALUES(erf, erf)
VALUES(log, log)
VALUES(logistic, logistic)
