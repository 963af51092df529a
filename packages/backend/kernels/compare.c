// Comparisons and logic of two operands that broadcast: bytes of 0 and 1. Greater is less with the operands swapped.
#include "broadcast.h"

BROADCAST(compare_less, float, uint8_t, p < q)
BROADCAST(compare_less_equal, float, uint8_t, p <= q)
BROADCAST(compare_equal, float, uint8_t, p == q)
BROADCAST(compare_not_equal, float, uint8_t, p != q)

BROADCAST(compare_less_int, int32_t, uint8_t, p < q)
BROADCAST(compare_less_equal_int, int32_t, uint8_t, p <= q)
BROADCAST(compare_equal_int, int32_t, uint8_t, p == q)
BROADCAST(compare_not_equal_int, int32_t, uint8_t, p != q)

BROADCAST(logical_and, uint8_t, uint8_t, p ? q : 0)
BROADCAST(logical_or, uint8_t, uint8_t, p ? p : q)
