// Normalization of one row, for kernels that go on with the row while it is in the cache.
#pragma once
#include <stdint.h>

// What the gradient needs of a row: n = (x - mean) * inverse. For RMS norm the mean is 0.
typedef struct {
  float mean;
  float inverse;
} norm_note;

// y = n * gain + shift of a row, without the shift where it is null. `centered` for layer norm, 0 for RMS norm.
norm_note norm_row(float *y, const float *x, const float *gain, const float *shift, int32_t width, int32_t centered,
                   float epsilon);

// The gradient of a row of dy: dx, unless null, and what the row adds to the gradients of gain and shift, unless dgain is.
// `dx` may be `dy`.
void norm_row_gradient(float *dx, float *dgain, float *dshift, const float *dy, const float *x, const float *gain,
                       norm_note note, int32_t width, int32_t centered);
