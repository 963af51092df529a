// Hands the blocks of a job to whichever thread is free, and waits until all of them are done.
//
// Method: one 64-bit ticket holds the job's number (high half) and how many of its blocks nobody has taken (low half). A
// thread takes a block by lowering the ticket with a compare-and-swap. The parameters are read between the load and the
// swap, and the next job writes them only when this one has no block left: a swap that succeeds proves that they belong
// to the job it took from. The count goes down because a ticket without blocks must never look as if it had one, however
// many the next job, whose parameters may already stand there, has.
#include "sheep.h"

// Lives in the heap, where src/device/threads/control.ts finds its words too. What different threads write is 64 bytes apart.
typedef struct {
  uint64_t ticket;
  int32_t kernel;
  ref args;
  int32_t blocks;
  int32_t measured; // whether threads note their shares of the job
  _Alignas(64) int32_t finished;
  _Alignas(64) int32_t sleepers;
  int32_t failed;
} control;

#define KERNEL(name) kernel name;
#include "kernels.def"
#undef KERNEL

static const struct {
  const char *name;
  kernel *run;
} kernels[] = {
#define KERNEL(name) {#name, name},
#include "kernels.def"
#undef KERNEL
};

enum { DONE, FAILED, RUNNING };

#if defined(__wasm__)
#define EXPORT(name) __attribute__((export_name(name)))
#else
#define EXPORT(name)
#endif

// What a thread did of the measured job that it last took part in: in the 64 bytes before its scratch.
typedef struct {
  double start, end; // milliseconds
  int32_t job, blocks;
} share;

// Milliseconds on a clock that all threads share; the host's.
#if defined(__wasm__)
__attribute__((import_module("env"), import_name("now")))
#endif
double sheep_now(void);

static share *share_of(int32_t job, char *scratch) {
  share *s = (share *)(scratch - 64);
  if (s->job != job) *s = (share){sheep_now(), 0, job, 0};
  return s;
}

// Leaves the core's units to its other hyperthread for a moment.
static inline void relax(void) {
#if defined(__wasm__)
  __atomic_thread_fence(__ATOMIC_SEQ_CST);
#elif defined(__x86_64__)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  __asm__ volatile("yield");
#endif
}

// Natively JavaScript does it, which knows how threads sleep: src/cpu/kernels.ts.
static inline void wake(int32_t *word, int32_t threads) {
#if defined(__wasm__)
  __builtin_wasm_memory_atomic_notify(word, threads);
#endif
}

// Takes and runs a block if the job has one left. 0 when it has not.
static int take_block(char *heap, control *c, char *scratch) {
  uint64_t ticket = __atomic_load_n(&c->ticket, __ATOMIC_ACQUIRE);
  int32_t left = (int32_t)ticket;
  if (left == 0) return 0;
  int32_t number = __atomic_load_n(&c->kernel, __ATOMIC_RELAXED);
  ref args = __atomic_load_n(&c->args, __ATOMIC_RELAXED);
  int32_t blocks = __atomic_load_n(&c->blocks, __ATOMIC_RELAXED);
  int32_t measured = __atomic_load_n(&c->measured, __ATOMIC_RELAXED);
  if (!__atomic_compare_exchange_n(&c->ticket, &ticket, ticket - 1, 0, __ATOMIC_ACQ_REL, __ATOMIC_RELAXED)) return 1;
  share *mine = measured ? share_of((int32_t)(ticket >> 32), scratch) : 0;
  kernels[number].run(heap, at(heap, args), blocks - left, scratch);
  if (mine) {
    mine->blocks++;
    mine->end = sheep_now();
  }
  __atomic_fetch_add(&c->finished, 1, __ATOMIC_RELEASE);
  return 1;
}

// Looks at most `spins` times whether the job is done. RUNNING when it is not: the caller looks at the clock.
EXPORT("sheep_join") int32_t sheep_join(char *heap, ref place, int32_t spins) {
  control *c = at(heap, place);
  for (; spins > 0; spins--) {
    if (__atomic_load_n(&c->finished, __ATOMIC_ACQUIRE) == c->blocks) return DONE;
    if (__atomic_load_n(&c->failed, __ATOMIC_RELAXED)) return FAILED;
    relax();
  }
  return RUNNING;
}

// Runs a job: hands out its blocks, takes blocks too, then waits as sheep_join does. One thread calls it, one at a time.
EXPORT("sheep_run") int32_t sheep_run(char *heap, ref place, int32_t number, ref args, int32_t blocks, ref scratch,
                                      int32_t spins) {
  control *c = at(heap, place);
  if (blocks < 2) {
    if (blocks == 1) kernels[number].run(heap, at(heap, args), 0, at(heap, scratch));
    return DONE;
  }
  __atomic_store_n(&c->kernel, number, __ATOMIC_RELAXED);
  __atomic_store_n(&c->args, args, __ATOMIC_RELAXED);
  __atomic_store_n(&c->blocks, blocks, __ATOMIC_RELAXED);
  __atomic_store_n(&c->finished, 0, __ATOMIC_RELAXED);
  uint64_t job = (c->ticket >> 32) + 1;
  // Sequentially consistent, as is the sleeper's count: either it is seen here, or the sleeper sees this job.
  __atomic_store_n(&c->ticket, job << 32 | (uint32_t)blocks, __ATOMIC_SEQ_CST);
  int32_t sleepers = __atomic_load_n(&c->sleepers, __ATOMIC_SEQ_CST);
  if (sleepers > 0) wake((int32_t *)&c->ticket + 1, blocks - 1);
  while (take_block(heap, c, at(heap, scratch))) {
  }
  return sheep_join(heap, place, spins);
}

// A worker's part: runs blocks until it has looked `spins` times in a row without finding one. Returns the number of the
// last job it saw: the worker then sleeps until that changes.
EXPORT("sheep_serve") int32_t sheep_serve(char *heap, ref place, ref scratch, int32_t spins) {
  control *c = at(heap, place);
  uint64_t ticket = 0;
  for (int32_t left = spins; left > 0; left--) {
    ticket = __atomic_load_n(&c->ticket, __ATOMIC_ACQUIRE);
    if ((int32_t)ticket == 0) {
      relax();
      continue;
    }
    while (take_block(heap, c, at(heap, scratch))) {
    }
    left = spins;
  }
  return (int32_t)(ticket >> 32);
}

// The name of a kernel by its number, from 0; null behind the last.
EXPORT("sheep_kernel_name") const char *sheep_kernel_name(int32_t number) {
  return number < (int32_t)(sizeof kernels / sizeof *kernels) ? kernels[number].name : 0;
}
