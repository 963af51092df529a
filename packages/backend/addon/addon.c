// The kernels as a Node-API addon, for a heap that is a buffer of JavaScript's. Places are as in kernels/pool.c.
//
// It is compiled for every processor of its architecture, whatever the kernels beside it are compiled for: a file can
// be loaded anywhere and says whether its kernels run here.
#include "processor.h"
#include <node_api.h>

void sheep_post(char *heap, uint32_t place, int32_t kernel, int32_t blocks, int32_t measured);
int32_t sheep_join(char *heap, uint32_t place, uint32_t number, uint32_t scratch, int32_t spins);
uint32_t sheep_serve(char *heap, uint32_t place, uint32_t scratch, int32_t spins);
const char *sheep_kernel_name(int32_t number);
double sheep_now(void);

#define MOST_NUMBERS 4

// Numbers that a function was called with, and the heap that it was made for.
typedef struct {
  char *heap;
  uint32_t numbers[MOST_NUMBERS];
} call;

static call read_call(napi_env env, napi_callback_info info) {
  napi_value given[MOST_NUMBERS];
  size_t count = MOST_NUMBERS;
  void *heap;
  napi_get_cb_info(env, info, &count, given, 0, &heap);
  call c = {heap, {}};
  for (size_t i = 0; i < MOST_NUMBERS; i++) napi_get_value_uint32(env, given[i], c.numbers + i);
  return c;
}

static napi_value answer(napi_env env, uint32_t number) {
  napi_value value;
  napi_create_uint32(env, number, &value);
  return value;
}

static napi_value post(napi_env env, napi_callback_info info) {
  call c = read_call(env, info);
  uint32_t *n = c.numbers;
  sheep_post(c.heap, n[0], (int32_t)n[1], (int32_t)n[2], (int32_t)n[3]);
  return 0;
}

static napi_value join(napi_env env, napi_callback_info info) {
  call c = read_call(env, info);
  uint32_t *n = c.numbers;
  return answer(env, (uint32_t)sheep_join(c.heap, n[0], n[1], n[2], (int32_t)n[3]));
}

static napi_value serve(napi_env env, napi_callback_info info) {
  call c = read_call(env, info);
  uint32_t *n = c.numbers;
  return answer(env, sheep_serve(c.heap, n[0], n[1], (int32_t)n[2]));
}

static napi_value now(napi_env env, napi_callback_info info) {
  (void)info;
  napi_value value;
  napi_create_double(env, sheep_now(), &value);
  return value;
}

static void set_function(napi_env env, napi_value object, const char *name, napi_callback function, void *heap) {
  napi_value value;
  napi_create_function(env, name, NAPI_AUTO_LENGTH, function, heap, &value);
  napi_set_named_property(env, object, name, value);
}

// open(heap): the functions of pool.c on a heap, a Float32Array over all of it. They hold it.
static napi_value open(napi_env env, napi_callback_info info) {
  napi_value view, functions;
  size_t count = 1;
  void *heap = 0;
  napi_get_cb_info(env, info, &count, &view, 0, 0);
  if (napi_get_typedarray_info(env, view, 0, 0, &heap, 0, 0) != napi_ok || !heap) {
    napi_throw_type_error(env, 0, "a heap is a typed array");
    return 0;
  }
  napi_create_object(env, &functions);
  set_function(env, functions, "post", post, heap);
  set_function(env, functions, "join", join, heap);
  set_function(env, functions, "serve", serve, heap);
  napi_set_named_property(env, functions, "heap", view);
  return functions;
}

static napi_value kernel_names(napi_env env) {
  napi_value names, name;
  napi_create_array(env, &names);
  for (int32_t i = 0; sheep_kernel_name(i); i++) {
    napi_create_string_utf8(env, sheep_kernel_name(i), NAPI_AUTO_LENGTH, &name);
    napi_set_element(env, names, (uint32_t)i, name);
  }
  return names;
}

NAPI_MODULE_INIT() {
  napi_value runs;
  napi_get_boolean(env, processor_runs_kernels(), &runs);
  napi_set_named_property(env, exports, "runs", runs);
  napi_set_named_property(env, exports, "kernelNames", kernel_names(env));
  set_function(env, exports, "open", open, 0);
  set_function(env, exports, "now", now, 0);
  return exports;
}
