// What the processor says that it can do.
#include "processor.h"

#define SSE2 0
#define AVX2 1
#define AVX512 2
#define AVX512BF16 3
#define NEON 0
#define NEONBF16 1

#if defined(__x86_64__)
#include <cpuid.h>

// Registers that the system keeps over a change of threads: of 256 bits, and of 512 with their masks.
#define KEPT_256 0x06u
#define KEPT_512 0xe6u

static unsigned kept_registers(void) {
  unsigned a, b, c, d;
  if (!__get_cpuid(1, &a, &b, &c, &d) || !(c & bit_OSXSAVE)) return 0;
  __asm__("xgetbv" : "=a"(a), "=d"(d) : "c"(0));
  return a;
}

// x86-64-v3 and x86-64-v4 of the System V ABI, which the kernels are compiled for, and the products of bfloat16.
static int level(void) {
  unsigned a, b, c, d, features, extended, kept = kept_registers();
  if ((kept & KEPT_256) != KEPT_256) return SSE2;
  if (!__get_cpuid(1, &a, &b, &features, &d) || !__get_cpuid(0x80000001, &a, &b, &extended, &d)) return SSE2;
  if (!__get_cpuid_count(7, 0, &a, &b, &c, &d)) return SSE2;
  const unsigned base = bit_FMA | bit_MOVBE | bit_SSE4_2 | bit_POPCNT | bit_AVX | bit_F16C;
  const unsigned v3 = bit_BMI | bit_AVX2 | bit_BMI2, lzcnt = 1u << 5, bf16 = 1u << 5;
  if ((features & base) != base || (b & v3) != v3 || !(extended & lzcnt)) return SSE2;
  const unsigned v4 = bit_AVX512F | bit_AVX512DQ | bit_AVX512CD | bit_AVX512BW | bit_AVX512VL;
  if ((b & v4) != v4 || (kept & KEPT_512) != KEPT_512) return AVX2;
  return __get_cpuid_count(7, 1, &a, &b, &c, &d) && (a & bf16) ? AVX512BF16 : AVX512;
}
#elif defined(__linux__)
#include <sys/auxv.h>

#define HAS_BF16 (1u << 14)

static int level(void) { return getauxval(AT_HWCAP2) & HAS_BF16 ? NEONBF16 : NEON; }
#elif defined(__APPLE__)
#include <sys/sysctl.h>

static int level(void) {
  int has = 0;
  size_t size = sizeof has;
  return sysctlbyname("hw.optional.arm.FEAT_BF16", &has, &size, 0, 0) == 0 && has ? NEONBF16 : NEON;
}
#else
// Of kernel32.dll, as its query for PF_ARM_V86_BF16_INSTRUCTIONS_AVAILABLE.
__declspec(dllimport) int IsProcessorFeaturePresent(unsigned feature);

#define HAS_BF16 68

static int level(void) { return IsProcessorFeaturePresent(HAS_BF16) ? NEONBF16 : NEON; }
#endif

int processor_runs_kernels(void) { return level() >= KERNELS; }
