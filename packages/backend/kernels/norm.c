// Layer norm and RMS norm over rows, and their gradients.
//
// With n the normalized row and dn = dy * gain: dx = inverse (dn - mean(dn) - n mean(dn n)), for RMS norm without
// mean(dn).
// The gradients of gain and shift, sums over rows of dy * n and dy, are first summed over the rows of a block and then,
// by a second job, over the blocks in their order.
#include "norm.h"
#include "rows.h"

typedef struct {
  ref x;
  ref gain;
  ref shift; // 0: none
  ref y;
  ref notes; // a norm_note a row; 0: not wanted
  int32_t rows;
  int32_t width;
  int32_t block_rows;
  int32_t centered; // 1 for layer norm, 0 for RMS norm
  float epsilon;
} norm_args;

typedef struct {
  ref dy;
  ref x;
  ref gain;
  ref notes;
  ref dx;       // 0: not wanted
  ref partials; // two rows a block, for gain and shift, written here; 0: not wanted
  int32_t rows;
  int32_t width;
  int32_t block_rows;
  int32_t centered;
} norm_gradient_args;

typedef struct {
  ref partials;
  ref dgain; // 0: not wanted, as for dshift
  ref dshift;
  int32_t parts;
  int32_t width;
} norm_parameters_args;

// A row on its way through the norm.
typedef struct {
  const float *x;
  float mean;
} normed_row;

INLINE vf add_squares(vf sums, const void *of, int32_t i, int32_t lanes) {
  const normed_row *row = of;
  vf centered = load_lanes(row->x + i, lanes) - row->mean;
  return fma(centered, centered, sums);
}

INLINE void scale_lanes(float *y, const float *x, const float *gain, const float *shift, norm_note note,
                        int32_t lanes) {
  vf normal = (load_lanes(x, lanes) - note.mean) * note.inverse, by = load_lanes(gain, lanes);
  store_lanes(y, shift ? fma(normal, by, load_lanes(shift, lanes)) : normal * by, lanes);
}

// Inlined once with a shift and once without.
INLINE void scale_row(float *y, const float *x, const float *gain, const float *shift, norm_note note, int32_t width) {
  int32_t i = 0;
  for (; i + VL <= width; i += VL) scale_lanes(y + i, x + i, gain + i, shift ? shift + i : 0, note, VL);
  if (i < width) scale_lanes(y + i, x + i, gain + i, shift ? shift + i : 0, note, width - i);
}

norm_note norm_row(float *y, const float *x, const float *gain, const float *shift, int32_t width, int32_t centered,
                   float epsilon) {
  norm_note note = {0, 0};
  if (centered) note.mean = sum_row(add_values, x, width) / width;
  const normed_row row = {x, note.mean};
  note.inverse = 1 / __builtin_sqrtf(sum_row(add_squares, &row, width) / width + epsilon);
  if (shift) scale_row(y, x, gain, shift, note, width);
  else scale_row(y, x, gain, 0, note, width);
  return note;
}

void norm(char *heap, const void *args, int32_t block, char *scratch) {
  const norm_args *job = args;
  const float *shift = job->shift ? at(heap, job->shift) : 0;
  row_range rows = rows_of(block, job->block_rows, job->rows);
  for (int32_t row = rows.first; row < rows.end; row++) {
    size_t start = (size_t)row * job->width;
    norm_note note = norm_row((float *)at(heap, job->y) + start, (const float *)at(heap, job->x) + start,
                              at(heap, job->gain), shift, job->width, job->centered, job->epsilon);
    if (job->notes) ((norm_note *)at(heap, job->notes))[row] = note;
  }
}

// One row on its way through the gradient.
typedef struct {
  const float *dy, *x, *gain;
  norm_note note;
  float *dx;
} gradient_row;

INLINE vf normal_at(const gradient_row *row, int32_t i, int32_t lanes) {
  return (load_lanes(row->x + i, lanes) - row->note.mean) * row->note.inverse;
}

INLINE vf scaled_at(const gradient_row *row, int32_t i, int32_t lanes) {
  return load_lanes(row->dy + i, lanes) * load_lanes(row->gain + i, lanes);
}

INLINE vf add_scaled(vf sums, const void *row, int32_t i, int32_t lanes) { return sums + scaled_at(row, i, lanes); }

INLINE vf add_along(vf sums, const void *row, int32_t i, int32_t lanes) {
  return fma(scaled_at(row, i, lanes), normal_at(row, i, lanes), sums);
}

INLINE void write_dx(const gradient_row *row, float sum, float along, int32_t i, int32_t lanes) {
  vf centered = scaled_at(row, i, lanes) - sum;
  store_lanes(row->dx + i, fma(normal_at(row, i, lanes), splat(-along), centered) * row->note.inverse, lanes);
}

// A loop for each sum: side by side, both are more than there are registers.
INLINE void row_gradient(const gradient_row *row, int32_t width, int32_t centered) {
  float sum = centered ? sum_row(add_scaled, row, width) / width : 0, along = sum_row(add_along, row, width) / width;
  int32_t i = 0;
  for (; i + VL <= width; i += VL) write_dx(row, sum, along, i, VL);
  if (i < width) write_dx(row, sum, along, i, width - i);
}

INLINE void add_parameters(float *dgain, float *dshift, const gradient_row *row, int32_t i, int32_t lanes) {
  vf dy = load_lanes(row->dy + i, lanes);
  store_lanes(dgain + i, fma(dy, normal_at(row, i, lanes), load_lanes(dgain + i, lanes)), lanes);
  store_lanes(dshift + i, load_lanes(dshift + i, lanes) + dy, lanes);
}

void norm_row_gradient(float *dx, float *dgain, float *dshift, const float *dy, const float *x, const float *gain,
                       norm_note note, int32_t width, int32_t centered) {
  gradient_row row = {dy, x, gain, note, dx};
  int32_t i = 0;
  for (; dgain && i + VL <= width; i += VL) add_parameters(dgain, dshift, &row, i, VL);
  if (dgain && i < width) add_parameters(dgain, dshift, &row, i, width - i);
  if (dx) row_gradient(&row, width, centered);
}

void norm_gradient(char *heap, const void *args, int32_t block, char *scratch) {
  const norm_gradient_args *job = args;
  int32_t width = job->width;
  float *dgain = 0;
  if (job->partials) {
    dgain = (float *)at(heap, job->partials) + (size_t)block * 2 * width;
    for (int32_t i = 0; i < 2 * width; i++) dgain[i] = 0;
  }
  row_range rows = rows_of(block, job->block_rows, job->rows);
  for (int32_t r = rows.first; r < rows.end; r++) {
    size_t start = (size_t)r * width;
    norm_row_gradient(job->dx ? (float *)at(heap, job->dx) + start : 0, dgain, dgain + width,
                      (const float *)at(heap, job->dy) + start, (const float *)at(heap, job->x) + start,
                      at(heap, job->gain), ((const norm_note *)at(heap, job->notes))[r], width, job->centered);
  }
}

#define COLUMNS 256

// Adds the partials of norm_gradient: block b makes columns b * 256 and on.
INLINE void add_parts(float *to, const float *parts, const norm_parameters_args *job, int32_t block) {
  row_range columns = rows_of(block, COLUMNS, job->width);
  for (int32_t i = columns.first; i < columns.end; i += VL) {
    int32_t lanes = columns.end - i < VL ? columns.end - i : VL;
    vf sum = {};
    for (int32_t part = 0; part < job->parts; part++) {
      sum += load_lanes(parts + (size_t)part * 2 * job->width + i, lanes);
    }
    store_lanes(to + i, sum, lanes);
  }
}

void norm_parameters(char *heap, const void *args, int32_t block, char *scratch) {
  const norm_parameters_args *job = args;
  const float *parts = at(heap, job->partials);
  if (job->dgain) add_parts(at(heap, job->dgain), parts, job, block);
  if (job->dshift) add_parts(at(heap, job->dshift), parts + job->width, job, block);
}
