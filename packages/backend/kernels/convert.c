// Numbers of 16 bits in files: IEEE 754 binary16 (F16) and bfloat16 (BF16), from and to float32, 16384 a block. The
// same bits as toFloat32 and toHalves of packages/core/src/safetensors.
//
// Method: on the bits as whole numbers; for bfloat16 see bf16.h. An F16's exponent and mantissa lie 13 bits lower, its
// exponent's bias is 112 less; a subnormal is a whole number of 2^-24.
#include "bf16.h"
#include "rows.h"

#define BLOCK 16384

// The bits of the smallest normal F16, 2^-14, as float32; of the difference of the biases.
#define LEAST_NORMAL 0x38800000u
#define REBIAS 0x38000000u

INLINE vu decoded_bf16(vu word) { return word << 16; }

INLINE vu decoded_f16(vu word) {
  vu size = word & 0x7fff;
  vu normal = (size << 13) + REBIAS;
  // An exponent of 31 becomes one of 255; a NaN becomes quiet.
  normal += (vu)(size >= 0x7c00) & REBIAS;
  normal |= (vu)(size > 0x7c00) & QUIET;
  vu subnormal = (vu)(__builtin_convertvector((vi)size, vf) * 0x1p-24f);
  return choose_bits(size < 0x400, subnormal, normal) | ((word & 0x8000) << 16);
}

INLINE vu encoded_f16(vu bits) {
  vu size = bits & SIZE_BITS;
  vu normal = rounded(size - REBIAS, 13);
  normal = choose_bits(normal > 0x7c00, (vu){} + 0x7c00, normal);
  // In [0.5, 1) the last place of a float32 is 2^-24, and additions round as wanted.
  vu subnormal = (vu)((vf)size + 0.5f) - 0x3f000000;
  vu word = choose_bits(size < LEAST_NORMAL, subnormal, normal);
  word = choose_bits(size > INFINITE, ((size | QUIET) >> 13) & 0x7fff, word);
  return word | ((bits >> 16) & 0x8000);
}

typedef struct {
  ref x;
  ref y;
  int32_t count;
} convert_args;

// Values behind the last whole vector go through one of zeros. Words are read in pairs: a last one without another gets
// a zero behind it.
#define CONVERT(name, from, from_vector, to, to_vector, function)                                                      \
  INLINE to_vector name##_lanes(const from *x) {                                                                       \
    vu bits = __builtin_convertvector(*(const from_vector *)x, vu);                                                    \
    return __builtin_convertvector(function(bits), to_vector);                                                         \
  }                                                                                                                    \
  void name(char *heap, const void *args, int32_t block, char *scratch) {                                              \
    const convert_args *job = args;                                                                                    \
    const from *x = at(heap, job->x);                                                                                  \
    to *y = at(heap, job->y);                                                                                          \
    row_range values = rows_of(block, BLOCK, job->count);                                                              \
    int32_t i = values.first, end = values.end;                                                                        \
    for (; i + VL <= end; i += VL) *(to_vector *)(y + i) = name##_lanes(x + i);                                        \
    if (i == end) return;                                                                                              \
    from part[VL] = {};                                                                                                \
    for (int32_t lane = 0; i + lane < end; lane++) part[lane] = x[i + lane];                                           \
    to_vector rest = name##_lanes(part);                                                                               \
    if (sizeof(to) == 2) end += end % 2;                                                                               \
    for (int32_t lane = 0; i + lane < end; lane++) y[i + lane] = rest[lane];                                           \
  }

CONVERT(decode_f16, uint16_t, vh, uint32_t, vu, decoded_f16)
CONVERT(decode_bf16, uint16_t, vh, uint32_t, vu, decoded_bf16)
CONVERT(encode_f16, uint32_t, vu, uint16_t, vh, encoded_f16)
CONVERT(encode_bf16, uint32_t, vu, uint16_t, vh, encoded_bf16)
