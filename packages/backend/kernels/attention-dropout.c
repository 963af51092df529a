// Dropout of attention weights: the factors of a panel, made again wherever they are needed.
//
// Method: the weights of a query are neighbors, so a Philox counter has the words of four keys. With a query in each
// lane, its four vectors of words are four rows of the panel as they are, if rows of weights start with a whole
// counter. Otherwise a window over two counters is shifted in each lane, by its own 0 to 3 words.
#include "attention.h"

#define LANES (PHILOX_SETS * VL)

// Where the words of LANES queries start.
typedef struct {
  vu low[PHILOX_SETS], high[PHILOX_SETS]; // counters
  vi odd[PHILOX_SETS], two[PHILOX_SETS];  // masks: the bits of the word within the counter
} query_words;

static void start_words(query_words *start, uint64_t first, int32_t time) {
  uint32_t low[LANES], high[LANES];
  int32_t odd[LANES], two[LANES];
  for (int32_t lane = 0; lane < LANES; lane++) {
    uint64_t index = first + (uint64_t)lane * time;
    low[lane] = (uint32_t)(index >> 2);
    high[lane] = (uint32_t)(index >> 34);
    odd[lane] = -(int32_t)(index & 1);
    two[lane] = -(int32_t)(index >> 1 & 1);
  }
  for (int32_t set = 0; set < PHILOX_SETS; set++) {
    start->low[set] = *(const vu *)(low + set * VL);
    start->high[set] = *(const vu *)(high + set * VL);
    start->odd[set] = *(const vi *)(odd + set * VL);
    start->two[set] = *(const vi *)(two + set * VL);
  }
}

// The words of the counters `behind` those at the start.
INLINE void words_behind(vu words[PHILOX_SETS][4], const query_words *start, const dropout_rule *rule,
                         uint32_t behind) {
  vu low[PHILOX_SETS], high[PHILOX_SETS];
  for (int32_t set = 0; set < PHILOX_SETS; set++) {
    low[set] = start->low[set] + behind;
    high[set] = start->high[set] - (vu)(low[set] < start->low[set]);
  }
  dropout_words(words, low, high, rule);
}

INLINE vu choose_words(vi condition, vu yes, vu no) { return ((vu)condition & yes) | (~(vu)condition & no); }

// Four words from those of two counters, from the lane's own on.
INLINE void shift_words(vu words[4], const vu now[4], const vu next[4], vi odd, vi two) {
  vu window[8], half[6];
  for (int i = 0; i < 4; i++) window[i] = now[i], window[i + 4] = next[i];
  for (int i = 0; i < 6; i++) half[i] = choose_words(odd, window[i + 1], window[i]);
  for (int i = 0; i < 4; i++) words[i] = choose_words(two, half[i + 2], half[i]);
}

// The factors of LANES queries. `shifted` is a constant wherever it is inlined.
INLINE void lane_factors(const int shifted, float *factors, const dropout_rule *rule, uint64_t first, int32_t time,
                         int32_t keys) {
  query_words start;
  vu now[PHILOX_SETS][4], next[PHILOX_SETS][4], words[PHILOX_SETS][4];
  start_words(&start, first, time);
  if (shifted) words_behind(next, &start, rule, 0);
  for (int32_t key = 0; key < keys; key += 4) {
    if (shifted) {
      __builtin_memcpy(now, next, sizeof now);
      words_behind(next, &start, rule, key / 4 + 1);
      for (int set = 0; set < PHILOX_SETS; set++)
        shift_words(words[set], now[set], next[set], start.odd[set], start.two[set]);
    } else {
      words_behind(words, &start, rule, key / 4);
    }
    for (int set = 0; set < PHILOX_SETS; set++)
      for (int word = 0; word < 4; word++)
        store(factors + (key + word) * PANEL + set * VL, dropout_factor(words[set][word], rule));
  }
}

void tile_dropout(float *factors, const dropout_rule *rule, uint64_t first, int32_t time, int32_t keys, int32_t query,
                  int32_t diagonal) {
  for (int32_t l = 0; l < PANEL; l += LANES) {
    int32_t visible = diagonal ? least(keys, query + l + LANES) : keys;
    uint64_t index = first + (uint64_t)l * time;
    if (time % 4)
      lane_factors(1, factors + l, rule, index, time, visible);
    else
      lane_factors(0, factors + l, rule, index, time, visible);
  }
}
