// Milliseconds on a clock that all threads share; where it starts is the system's affair.
#if defined(_WIN32)
#include <windows.h>

double sheep_now(void) {
  LARGE_INTEGER ticks, rate;
  QueryPerformanceCounter(&ticks);
  QueryPerformanceFrequency(&rate);
  return (double)ticks.QuadPart / (double)rate.QuadPart * 1e3;
}
#else
#include <time.h>

double sheep_now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (double)time.tv_sec * 1e3 + (double)time.tv_nsec / 1e6;
}
#endif
