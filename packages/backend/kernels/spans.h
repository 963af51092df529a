// Tensors of a list as parts of one range, which blocks divide: each starts at a multiple of 16 values, so that vectors
// stay aligned.
#pragma once
#include "rows.h"

typedef struct {
  int32_t start;
  int32_t count;
} span;

// The last span that starts at `place` or before.
INLINE int32_t span_at(const span *spans, int32_t entries, int32_t place) {
  int32_t low = 0, high = entries - 1;
  while (low < high) {
    int32_t middle = low + (high - low + 1) / 2;
    if (spans[middle].start <= place) low = middle;
    else high = middle - 1;
  }
  return low;
}

// The values of a span that lie in a range, counted from the span's start; none where `end` is not beyond `first`.
INLINE row_range values_in(const span *one, row_range range) {
  int32_t first = range.first > one->start ? range.first - one->start : 0, end = range.end - one->start;
  return (row_range){first, end < one->count ? end : one->count};
}
