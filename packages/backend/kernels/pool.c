// Runs jobs one after the other, the blocks of each on whichever thread is free.
//
// Method: the calling thread posts jobs to a ring and goes on with its own work; whoever ends the last block of a job begins
// the next. One 64-bit ticket holds the number of the job under way (high half) and how many of its blocks nobody has
// taken (low half). A thread takes a block by lowering the ticket with a compare-and-swap, and begins a job by swapping
// the ticket of the job before, done, for its own. What stands of a job in the ring is read between the load and the
// swap, and is written over only when that job is done: a swap that succeeds proves that it belongs to the job. The count
// goes down because a ticket without blocks must never look as if it had one, however many the next job has.
#include "sheep.h"

// Parameters of a job, in 32 bits each, and jobs that may be posted ahead. JavaScript writes the parameters.
#define ARGUMENTS 128
#define RING 64

typedef struct {
  _Alignas(64) int32_t kernel;
  int32_t blocks;
  int32_t measured; // whether threads note their shares of it
  _Alignas(16) uint32_t args[ARGUMENTS];
} job;

// Lives in the heap, where src/device/threads/control.ts finds its words too. What different threads write is 64 bytes
// apart. Jobs are numbered from 1, and after 2^32 - 1 from 0.
typedef struct {
  uint64_t ticket;
  _Alignas(64) int32_t finished; // blocks of the job under way
  uint32_t done;                 // the last job that is done
  _Alignas(64) uint32_t posted;  // the last job that is posted
  uint32_t woken_for;            // the last job that sleepers were woken for
  _Alignas(64) int32_t sleepers;
  int32_t failed;
  int32_t failure_length;
  _Alignas(64) char failure[256]; // what a thread that failed says of it
  job ring[RING];
} control;

_Static_assert(offsetof(control, finished) == 16 * 4 && offsetof(control, done) == 17 * 4 &&
                   offsetof(control, posted) == 32 * 4 && offsetof(control, sleepers) == 48 * 4 &&
                   offsetof(control, failure) == 64 * 4 && offsetof(control, ring) == 64 * 4 + 256 && sizeof(job) == 576,
               "as src/device/threads/control.ts has it");

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

enum { DONE, FAILED, RUNNING, WAKE };

#if defined(__wasm__)
#define EXPORT(name) __attribute__((export_name(name)))
#else
#define EXPORT(name)
#endif

// What a thread did of a measured job. RING of them, for the last jobs, lie before its scratch.
typedef struct {
  double start, end; // milliseconds
  uint32_t job;
  int32_t blocks;
} share;

// Milliseconds on a clock that all threads share; the host's.
#if defined(__wasm__)
__attribute__((import_module("env"), import_name("now")))
#endif
double sheep_now(void);

// Lets another thread have the core, if one waits for it; the host's, where it has a way.
void sheep_yield(void);

static share *share_of(uint32_t job, char *scratch) {
  share *s = (share *)scratch - RING + job % RING;
  if (s->job != job) *s = (share){sheep_now(), 0, job, 0};
  return s;
}

// Waits a moment, after so many looks for work: leaves the core's units to its other hyperthread, and from time to time the
// whole core to whoever else wants it. On a loaded machine that may be the very thread that is waited for.
static inline void relax(int32_t looks) {
#if defined(__wasm__)
  (void)looks;
  __atomic_thread_fence(__ATOMIC_SEQ_CST);
#else
  if (looks >= 128 && looks % 32 == 0) sheep_yield();
#if defined(__x86_64__)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  __asm__ volatile("yield");
#endif
#endif
}

static inline job *job_of(control *c, uint32_t number) { return &c->ring[number % RING]; }

// Begins the next job if none is under way and one is posted. Sequentially consistent: of a thread that ends a job and one
// that posts the next at that moment at least one sees what the other did.
static void begin_next(control *c) {
  uint32_t done = __atomic_load_n(&c->done, __ATOMIC_SEQ_CST), next = done + 1;
  if (__atomic_load_n(&c->posted, __ATOMIC_SEQ_CST) == done) return;
  uint64_t before = (uint64_t)done << 32;
  uint32_t blocks = (uint32_t)__atomic_load_n(&job_of(c, next)->blocks, __ATOMIC_RELAXED);
  __atomic_compare_exchange_n(&c->ticket, &before, (uint64_t)next << 32 | blocks, 0, __ATOMIC_SEQ_CST,
                              __ATOMIC_RELAXED);
}

// Takes and runs a block if the job under way has one left. 0 when it has not.
static int take_block(char *heap, control *c, char *scratch) {
  uint64_t ticket = __atomic_load_n(&c->ticket, __ATOMIC_ACQUIRE);
  uint32_t number = (uint32_t)(ticket >> 32);
  int32_t left = (int32_t)ticket;
  if (left == 0) return 0;
  job *j = job_of(c, number);
  int32_t kernel = __atomic_load_n(&j->kernel, __ATOMIC_RELAXED);
  int32_t blocks = __atomic_load_n(&j->blocks, __ATOMIC_RELAXED);
  int32_t measured = __atomic_load_n(&j->measured, __ATOMIC_RELAXED);
  if (!__atomic_compare_exchange_n(&c->ticket, &ticket, ticket - 1, 0, __ATOMIC_ACQ_REL, __ATOMIC_RELAXED)) return 1;
  share *mine = measured ? share_of(number, scratch) : 0;
  kernels[kernel].run(heap, j->args, blocks - left, scratch);
  if (mine) {
    mine->blocks++;
    mine->end = sheep_now();
  }
  if (__atomic_add_fetch(&c->finished, 1, __ATOMIC_ACQ_REL) < blocks) return 1;
  __atomic_store_n(&c->finished, 0, __ATOMIC_RELAXED);
  __atomic_store_n(&c->done, number, __ATOMIC_SEQ_CST);
  begin_next(c);
  return 1;
}

// Posts the next job, whose parameters stand in the ring; the job RING before it is done. One thread posts.
EXPORT("sheep_post") void sheep_post(char *heap, ref place, int32_t kernel, int32_t blocks, int32_t measured) {
  control *c = at(heap, place);
  uint32_t number = c->posted + 1;
  job *j = job_of(c, number);
  __atomic_store_n(&j->kernel, kernel, __ATOMIC_RELAXED);
  __atomic_store_n(&j->blocks, blocks, __ATOMIC_RELAXED);
  __atomic_store_n(&j->measured, measured, __ATOMIC_RELAXED);
  __atomic_store_n(&c->posted, number, __ATOMIC_SEQ_CST);
  begin_next(c);
}

// Runs blocks until the job of that number is done. RUNNING when it has looked `spins` times in a row without finding a
// block: the caller looks at the clock. WAKE, once a job, where sleepers could help: the caller wakes them. The thread that
// posts calls it.
EXPORT("sheep_join") int32_t sheep_join(char *heap, ref place, uint32_t number, ref scratch, int32_t spins) {
  control *c = at(heap, place);
  for (int32_t left = spins; left > 0; left--) {
    if ((int32_t)(__atomic_load_n(&c->done, __ATOMIC_ACQUIRE) - number) >= 0) return DONE;
    if (__atomic_load_n(&c->failed, __ATOMIC_RELAXED)) return FAILED;
    uint64_t ticket = __atomic_load_n(&c->ticket, __ATOMIC_ACQUIRE);
    uint32_t under_way = (uint32_t)(ticket >> 32);
    if ((uint32_t)ticket > 1 && under_way != c->woken_for && __atomic_load_n(&c->sleepers, __ATOMIC_RELAXED) > 0) {
      c->woken_for = under_way;
      return WAKE;
    }
    if (take_block(heap, c, at(heap, scratch))) left = spins;
    else relax(spins - left);
  }
  return RUNNING;
}

// A worker's part: runs blocks until it has looked `spins` times in a row without finding one. Returns the number of the
// last job it saw: the worker then sleeps until that changes.
EXPORT("sheep_serve") uint32_t sheep_serve(char *heap, ref place, ref scratch, int32_t spins) {
  control *c = at(heap, place);
  uint64_t ticket = 0;
  for (int32_t left = spins; left > 0; left--) {
    ticket = __atomic_load_n(&c->ticket, __ATOMIC_ACQUIRE);
    if ((uint32_t)ticket == 0) {
      relax(spins - left);
      continue;
    }
    while (take_block(heap, c, at(heap, scratch))) {
    }
    left = spins;
  }
  return (uint32_t)(ticket >> 32);
}

// The name of a kernel by its number, from 0; null behind the last.
EXPORT("sheep_kernel_name") const char *sheep_kernel_name(int32_t number) {
  return number < (int32_t)(sizeof kernels / sizeof *kernels) ? kernels[number].name : 0;
}
