// What a C library does on Windows, where no file links to one: elsewhere the compiler's calls find that of Node.
#if defined(_WIN32)
#include <stddef.h>

// Where the system enters a library when it loads: there is nothing to set up.
int _DllMainCRTStartup(void *library, unsigned reason, void *reserved) { return 1; }

void *memcpy(void *restrict to, const void *restrict from, size_t bytes) {
  for (size_t i = 0; i < bytes; i++) ((char *)to)[i] = ((const char *)from)[i];
  return to;
}
#endif
