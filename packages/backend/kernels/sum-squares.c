#include "sheep.h"

#define BLOCK 16384
// Sums side by side, whatever the width of a vector: enough of them to hide the latency of an addition.
#define LANES 16

typedef struct {
  ref from;
  ref to;
  int32_t count;
} sum_squares_args;

// Block b writes the sum of x^2 over values b * 16384 and on to place b of the output. Value i goes to lane i mod 16 and
// the lanes are added pairwise, so the order of the additions depends on the count alone.
void sum_squares(char *heap, const void *args, int32_t block, char *scratch) {
  const sum_squares_args *job = args;
  const float *from = (const float *)at(heap, job->from) + (size_t)block * BLOCK;
  int32_t left = job->count - block * BLOCK, count = left < BLOCK ? left : BLOCK, i = 0;
  vf sums[LANES / VL] = {};
  for (; i + LANES <= count; i += LANES) {
    for (int v = 0; v < LANES / VL; v++) {
      vf x = load(from + i + v * VL);
      sums[v] = fma(x, x, sums[v]);
    }
  }
  float lanes[LANES];
  for (int v = 0; v < LANES / VL; v++) store(lanes + v * VL, sums[v]);
  for (int lane = 0; i < count; i++, lane++) lanes[lane] += from[i] * from[i];
  for (int half = LANES / 2; half > 0; half /= 2) {
    for (int lane = 0; lane < half; lane++) lanes[lane] += lanes[lane + half];
  }
  ((float *)at(heap, job->to))[block] = lanes[0];
}
