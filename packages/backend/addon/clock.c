// Milliseconds on a clock that all threads share; where it starts is the system's affair.
#if defined(_WIN32)
#include <stdint.h>

// Of kernel32.dll; windows.h would bring its whole world.
__declspec(dllimport) int QueryPerformanceCounter(int64_t *ticks);
__declspec(dllimport) int QueryPerformanceFrequency(int64_t *rate);

double sheep_now(void) {
  int64_t ticks, rate;
  QueryPerformanceCounter(&ticks);
  QueryPerformanceFrequency(&rate);
  return (double)ticks / (double)rate * 1e3;
}
#else
#include <time.h>

double sheep_now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (double)time.tv_sec * 1e3 + (double)time.tv_nsec / 1e6;
}
#endif
