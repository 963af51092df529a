// Causal attention of many heads, and its gradient, in tiles: no T x T matrix is ever made.
//
// Method: FlashAttention-2 (Dao, https://arxiv.org/abs/2307.08691). Queries and keys are taken TILE at a time. Scores are
// made with keys down and queries across, so that a vector holds the same key for VL queries: the softmax then needs no
// sums or maxima within a vector, and what is known of each query (maximum, sum, row sum of the gradient) is a vector
// as well. Products read the left matrix where it is, by any strides, and the right one in panels of PANEL columns.
// Sums run in the order of the tiles, which the shapes alone decide. Tiles above the diagonal are left out, and of
// those on it whatever lies above it, in steps of PANEL.
#include "gemm.h"
#include "math.h"
#include "rows.h"

#define UNROLL _Pragma("unroll")

#define TILE 32
#define PANEL 16
#define VECTORS (PANEL / VL)

// Rows of the register tile, of which PANEL is a multiple. On WebAssembly see GEMM_ROWS.
#if VL == 16
#define ROWS 8
#elif defined(__wasm__)
#define ROWS 2
#else
#define ROWS 4
#endif

// A head of size `size`; at most 1024, so that all tiles of a block fit into the scratch.
typedef struct {
  ref qkv;  // rows of 3 heads * size: queries, keys, values
  ref y;    // rows of heads * size
  ref note; // of each head the largest score of each query, not scaled, then 1 / the sum of its exponentials
  int32_t time;
  int32_t heads;
  int32_t size;
  float scale;
} attention_args;

typedef struct {
  ref dy;
  ref qkv;
  ref y;
  ref note;
  ref dqkv;
  int32_t time;
  int32_t heads;
  int32_t size;
  float scale;
} attention_gradient_args;

INLINE int32_t least(int32_t a, int32_t b) { return a < b ? a : b; }
INLINE int32_t padded(int32_t size) { return (size + PANEL - 1) / PANEL * PANEL; }

// -- Products --

// A matrix: the float in row i and column j is from[i * row + j * column].
typedef struct {
  const float *from;
  ptrdiff_t row, column;
} strided;

// R rows of C, V vectors wide, whose last has `lanes`. R and V are constants wherever it is inlined.
INLINE void multiply_tile(const int R, const int V, float *c, ptrdiff_t c_row, int32_t lanes, const float *a,
                          ptrdiff_t a_row, ptrdiff_t a_column, const float *b, int32_t depth, int32_t add) {
  vf sum[ROWS][VECTORS] = {};
#pragma clang loop unroll(disable)
  for (int32_t t = 0; t < depth; t++) {
#if defined(__wasm__)
    asm volatile("" ::: "memory"); // see gemm.c
#endif
    vf right[VECTORS];
    UNROLL for (int j = 0; j < V; j++) right[j] = load(b + j * VL);
    UNROLL for (int i = 0; i < R; i++) {
      vf left = splat(a[i * a_row]);
      UNROLL for (int j = 0; j < V; j++) sum[i][j] = fma(left, right[j], sum[i][j]);
    }
    a += a_column;
    b += PANEL;
  }
  UNROLL for (int i = 0; i < R; i++) {
    UNROLL for (int j = 0; j < V; j++) {
      float *to = c + i * c_row + j * VL;
      int32_t here = j == V - 1 ? lanes : VL;
      store_lanes(to, add ? load_lanes(to, here) + sum[i][j] : sum[i][j], here);
    }
  }
}

// A function for each width, not inlined: what V8 makes of one loop is then independent of the others.
#define STRIP(V)                                                                                                       \
  static __attribute__((noinline)) void strip_##V(float *c, ptrdiff_t c_row, int32_t lanes, int32_t rows,              \
                                                  const strided *a, const float *b, int32_t depth, int32_t add) {      \
    int32_t i = 0;                                                                                                     \
    for (; i + ROWS <= rows; i += ROWS)                                                                                \
      multiply_tile(ROWS, V, c + i * c_row, c_row, lanes, a->from + i * a->row, a->row, a->column, b, depth, add);     \
    for (; i < rows; i++)                                                                                              \
      multiply_tile(1, V, c + i * c_row, c_row, lanes, a->from + i * a->row, a->row, a->column, b, depth, add);        \
  }
STRIP(1)
#if VL <= 8
STRIP(2)
#endif
#if VL <= 4
STRIP(3)
STRIP(4)
#endif

// C = A B, or C + A B if `add`: `rows` rows of at most PANEL columns, from a panel of B that is `depth` rows long.
static void multiply(float *c, ptrdiff_t c_row, int32_t columns, int32_t rows, strided a, const float *b,
                     int32_t depth, int32_t add) {
  int32_t vectors = (columns + VL - 1) / VL, lanes = columns - (vectors - 1) * VL;
  if (vectors == 1) strip_1(c, c_row, lanes, rows, &a, b, depth, add);
#if VL <= 8
  if (vectors == 2) strip_2(c, c_row, lanes, rows, &a, b, depth, add);
#endif
#if VL <= 4
  if (vectors == 3) strip_3(c, c_row, lanes, rows, &a, b, depth, add);
  if (vectors == 4) strip_4(c, c_row, lanes, rows, &a, b, depth, add);
#endif
}

// The same over all the columns of a head, from panels of TILE rows each.
static void multiply_wide(float *c, ptrdiff_t c_row, int32_t columns, int32_t rows, strided a, const float *panels,
                          int32_t depth, int32_t add) {
  for (int32_t j = 0; j < columns; j += PANEL)
    multiply(c + j, c_row, least(PANEL, columns - j), rows, a, panels + j * TILE, depth, add);
}

// -- Packing --

// At most TILE rows of a head in panels of columns. What is missing in the last panel stays as it is: nothing reads
// the columns that it makes.
static void pack_rows(float *panels, const float *from, ptrdiff_t row, int32_t rows, int32_t size) {
  for (int32_t j = 0; j < size; j += PANEL) {
    if (size - j >= PANEL) {
      for (int32_t i = 0; i < rows; i++)
        UNROLL for (int v = 0; v < PANEL; v += VL)
          store(panels + j * TILE + i * PANEL + v, load(from + i * row + j + v));
    } else {
      gemm_copy(panels + j * TILE, PANEL, from + j, row, 1, rows, size - j);
    }
  }
}

// At most TILE rows of a head as columns, in panels of `size` rows; zeros for missing ones.
static void pack_columns(float *panels, const float *from, ptrdiff_t row, int32_t rows, int32_t size) {
  for (int32_t i = 0; i < rows; i += PANEL) {
    float *panel = panels + i * size;
    int32_t used = least(PANEL, rows - i);
    if (used < PANEL)
      for (int32_t j = 0; j < size * PANEL; j += VL) store(panel + j, splat(0));
    gemm_copy(panel, PANEL, from + i * row, 1, row, size, used);
  }
}

// -- Forward --

// What is known of the queries of a tile so far.
typedef struct {
  float most[TILE]; // the largest score, not scaled
  float sum[TILE];  // of the exponentials of scale (score - most)
  float fall[TILE]; // what the last tile of keys made of earlier exponentials
} softmax_state;

// Which queries of a vector see a key: all unless `diagonal`, where both are numbered from the start of the tile.
INLINE vi seen(int32_t diagonal, int32_t key, int32_t query) {
  return *(const vi *)lane_numbers + query >= (diagonal ? key : 0);
}

// Makes of scores, `keys` rows of the vector of queries at `query`, exponentials.
INLINE void softmax_vector(float *scores, softmax_state *state, int32_t query, int32_t keys, int32_t diagonal,
                           float scale) {
  vf before = load(state->most + query), most = before, sum = splat(0);
  for (int32_t key = 0; key < keys; key++) {
    vf score = load(scores + key * TILE);
    most = choose((most < score) & seen(diagonal, key, query), score, most);
  }
  for (int32_t key = 0; key < keys; key++) {
    vf value = falling_exp((load(scores + key * TILE) - most) * scale);
    value = (vf)((vi)value & seen(diagonal, key, query));
    store(scores + key * TILE, value);
    sum += value;
  }
  vf fall = falling_exp((before - most) * scale);
  store(state->fall + query, fall);
  store(state->most + query, most);
  store(state->sum + query, fma(load(state->sum + query), fall, sum));
}

static void softmax_panel(float *scores, softmax_state *state, int32_t query, int32_t keys, int32_t diagonal,
                          float scale) {
  for (int32_t v = 0; v < PANEL; v += VL) softmax_vector(scores + v, state, query + v, keys, diagonal, scale);
}

static void scale_row(float *to, const float *from, float by, int32_t width) {
  int32_t j = 0;
  for (; j + VL <= width; j += VL) store(to + j, load(from + j) * by);
  for (; j < width; j++) to[j] = from[j] * by;
}

// A block is a tile of queries of one head; those that see most come first.
void attention(char *heap, const void *args, int32_t block, char *scratch) {
  const attention_args *job = args;
  const int32_t time = job->time, size = job->size, wide = padded(size), tiles = (time + TILE - 1) / TILE;
  const ptrdiff_t width = (ptrdiff_t)job->heads * size, row = 3 * width;
  const int32_t head = block / tiles, last = tiles - 1 - block % tiles;
  const int32_t start = last * TILE, queries = least(TILE, time - start);
  const ptrdiff_t place = (ptrdiff_t)(head / job->heads) * time, column = (ptrdiff_t)(head % job->heads) * size;
  const float *q = (const float *)at(heap, job->qkv) + place * row + column, *k = q + width, *v = k + width;

  softmax_state *state = (softmax_state *)scratch;
  float *scores = (float *)(state + 1), *output = scores + TILE * TILE, *values = output + TILE * wide;
  float *turned = values + TILE * wide;
  pack_columns(turned, q + start * row, row, queries, size);
  for (int32_t i = 0; i < TILE; i += VL) {
    store(state->most + i, splat(-__builtin_inff()));
    store(state->sum + i, splat(0));
  }
  for (int32_t tile = 0; tile <= last; tile++) {
    const int32_t from = tile * TILE, keys = least(TILE, time - from), diagonal = tile == last;
    pack_rows(values, v + from * row, row, keys, size);
    for (int32_t i = 0; i < queries; i += PANEL) {
      const int32_t rows = least(PANEL, queries - i), visible = diagonal ? least(keys, i + PANEL) : keys;
      multiply(scores + i, TILE, PANEL, visible, (strided){k + from * row, row, 1}, turned + i * size, size, 0);
      softmax_panel(scores + i, state, i, visible, diagonal, job->scale);
      float *rows_made = output + i * wide;
      for (int32_t l = 0; tile > 0 && l < rows; l++)
        scale_row(rows_made + l * wide, rows_made + l * wide, state->fall[i + l], wide);
      multiply_wide(rows_made, wide, wide, rows, (strided){scores + i, 1, TILE}, values, visible, tile > 0);
    }
  }
  float *y = (float *)at(heap, job->y) + (place + start) * width + column;
  for (int32_t i = 0; i < queries; i++) scale_row(y + i * width, output + i * wide, 1 / state->sum[i], size);
  float *most = (float *)at(heap, job->note) + (ptrdiff_t)head * 2 * time + start, *share = most + time;
  for (int32_t i = 0; i < queries; i++) {
    most[i] = state->most[i];
    share[i] = 1 / state->sum[i];
  }
}

// -- Gradient --

// What is known of the queries of a tile. The share of a missing one is 0, so that all its weights are.
typedef struct {
  float most[TILE];
  float share[TILE];
  float inner[TILE]; // sums of output and its gradient, which are those of the weights and theirs
} gradient_state;

// Of a vector of queries: makes of scores weights, and of the weights' gradients those of the unscaled scores.
INLINE void gradient_vector(float *scores, float *gradients, const gradient_state *state, int32_t query, int32_t keys,
                            int32_t diagonal, float scale) {
  vf most = load(state->most + query), share = load(state->share + query), inner = load(state->inner + query);
  for (int32_t key = 0; key < keys; key++) {
    vf weight = falling_exp((load(scores + key * TILE) - most) * scale) * share;
    weight = (vf)((vi)weight & seen(diagonal, key, query));
    store(scores + key * TILE, weight);
    vf gradient = (load(gradients + key * TILE) - inner) * weight * scale;
    store(gradients + key * TILE, (vf)((vi)gradient & seen(diagonal, key, query)));
  }
}

// The sum of output and its gradient, both packed as columns, of each query of a tile. In the order in which the weights'
// gradients are summed: where one key has all of a query's weight, the two have the same bits and cancel, as they should.
static void sum_inner(float *inner, const float *y_columns, const float *dy_columns, int32_t size) {
  for (int32_t i = 0; i < TILE; i += VL) {
    const ptrdiff_t start = i / PANEL * PANEL * size + i % PANEL;
    vf sum = splat(0);
    for (int32_t j = 0; j < size; j++)
      sum = fma(load(y_columns + start + j * PANEL), load(dy_columns + start + j * PANEL), sum);
    store(inner + i, sum);
  }
}

// A block is one head, all queries of it: the gradients of keys and values are sums over queries.
void attention_gradient(char *heap, const void *args, int32_t block, char *scratch) {
  const attention_gradient_args *job = args;
  const int32_t time = job->time, size = job->size, wide = padded(size);
  const ptrdiff_t width = (ptrdiff_t)job->heads * size, row = 3 * width;
  const ptrdiff_t place = (ptrdiff_t)(block / job->heads) * time, column = (ptrdiff_t)(block % job->heads) * size;
  const float *q = (const float *)at(heap, job->qkv) + place * row + column, *k = q + width, *v = k + width;
  float *dq = (float *)at(heap, job->dqkv) + place * row + column, *dk = dq + width, *dv = dk + width;
  const float *y = (const float *)at(heap, job->y) + place * width + column;
  const float *dy = (const float *)at(heap, job->dy) + place * width + column;
  const float *most = (const float *)at(heap, job->note) + (ptrdiff_t)block * 2 * time, *share = most + time;

  const int32_t area = TILE * wide;
  gradient_state *state = (gradient_state *)scratch;
  float *weights = (float *)(state + 1), *gradients = weights + TILE * TILE, *sums = gradients + TILE * TILE;
  float *q_rows = sums + area, *q_columns = q_rows + area, *dy_rows = q_columns + area, *dy_columns = dy_rows + area;
  float *k_rows = dy_columns + area;
  for (int32_t start = 0; start < time; start += TILE) {
    const int32_t queries = least(TILE, time - start);
    pack_rows(q_rows, q + start * row, row, queries, size);
    pack_columns(q_columns, q + start * row, row, queries, size);
    pack_rows(dy_rows, dy + start * width, width, queries, size);
    pack_columns(dy_columns, dy + start * width, width, queries, size);
    for (int32_t i = 0; i < TILE; i++) {
      state->most[i] = i < queries ? most[start + i] : 0;
      state->share[i] = i < queries ? share[start + i] : 0;
    }
    pack_columns(sums, y + start * width, width, queries, size);
    sum_inner(state->inner, sums, dy_columns, size);
    for (int32_t from = 0; from <= start; from += TILE) {
      const int32_t keys = least(TILE, time - from), diagonal = from == start;
      pack_rows(k_rows, k + from * row, row, keys, size);
      for (int32_t i = 0; i < queries; i += PANEL) {
        const int32_t visible = diagonal ? least(keys, i + PANEL) : keys;
        multiply(weights + i, TILE, PANEL, visible, (strided){k + from * row, row, 1}, q_columns + i * size, size, 0);
        multiply(gradients + i, TILE, PANEL, visible, (strided){v + from * row, row, 1}, dy_columns + i * size, size, 0);
        for (int32_t l = i; l < i + PANEL; l += VL)
          gradient_vector(weights + l, gradients + l, state, l, visible, diagonal, job->scale);
        multiply_wide(sums + i * wide, wide, wide, least(PANEL, queries - i), (strided){gradients + i, 1, TILE}, k_rows,
                      visible, from > 0);
      }
      // The first queries that see a key are those of its own tile, which write instead of adding.
      const int32_t step = diagonal ? PANEL : TILE;
      for (int32_t i = 0; i < keys; i += step) {
        const int32_t rows = least(step, keys - i), first = diagonal ? i : 0, skip = i * TILE + first;
        multiply_wide(dv + (from + i) * row, row, size, rows, (strided){weights + skip, TILE, 1},
                      dy_rows + first * PANEL, queries - first, !diagonal);
        multiply_wide(dk + (from + i) * row, row, size, rows, (strided){gradients + skip, TILE, 1},
                      q_rows + first * PANEL, queries - first, !diagonal);
      }
    }
    for (int32_t i = 0; i < queries; i++) scale_row(dq + (start + i) * row, sums + i * wide, 1, size);
  }
}
