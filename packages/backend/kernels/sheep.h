// What every kernel is written with: places in the heap, vectors of VL lanes, and the shape of a kernel.
#pragma once
#include <stddef.h>
#include <stdint.h>

// Lanes of a vector: 4 on WebAssembly and NEON, 8 with AVX2, 16 with AVX-512.
#ifndef VL
#define VL 4
#endif

typedef float vf __attribute__((vector_size(VL * 4), aligned(4)));
typedef int32_t vi __attribute__((vector_size(VL * 4), aligned(4)));
typedef uint32_t vu __attribute__((vector_size(VL * 4), aligned(4)));

// A place in the heap, in units of 16 bytes from its start: 32 bits reach 64 GiB.
typedef uint32_t ref;

static inline void *at(char *heap, ref place) { return heap + (size_t)place * 16; }

// One block of a job. Which outputs a block makes is a function of the arguments alone, so that any number of threads
// gives the same bits. `scratch` is SCRATCH_BYTES of the thread that runs it, aligned to 64.
typedef void kernel(char *heap, const void *args, int32_t block, char *scratch);

#define SCRATCH_BYTES (1 << 20)

static inline vf load(const float *from) { return *(const vf *)from; }
static inline void store(float *to, vf value) { *(vf *)to = value; }
// x - 0 is x for every float, -0 among them, so that nothing is subtracted; x + 0 would be an addition.
static inline vf splat(float value) { return value - (vf){}; }

// a b + c, rounded once where the build has a fused multiply-add.
static inline vf fma(vf a, vf b, vf c) {
#if defined(__wasm_relaxed_simd__)
  return __builtin_wasm_relaxed_madd_f32x4(a, b, c);
#elif defined(__wasm__) || (defined(__x86_64__) && !defined(__FMA__))
  return a * b + c;
#else
  return __builtin_elementwise_fma(a, b, c);
#endif
}
