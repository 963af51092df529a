// What the kernels ask the system for: a clock in milliseconds that all threads share, wherever it starts, and a way to let
// another thread have the core.
#if defined(_WIN32)
#include <stdint.h>

// Of kernel32.dll; windows.h would bring its whole world.
__declspec(dllimport) int QueryPerformanceCounter(int64_t *ticks);
__declspec(dllimport) int QueryPerformanceFrequency(int64_t *rate);
__declspec(dllimport) int SwitchToThread(void);

double sheep_now(void) {
  int64_t ticks, rate;
  QueryPerformanceCounter(&ticks);
  QueryPerformanceFrequency(&rate);
  return (double)ticks / (double)rate * 1e3;
}

void sheep_yield(void) { SwitchToThread(); }
#else
#include <sched.h>
#include <time.h>

double sheep_now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (double)time.tv_sec * 1e3 + (double)time.tv_nsec / 1e6;
}

void sheep_yield(void) { sched_yield(); }
#endif
