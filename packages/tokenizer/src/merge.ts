/** The rank of each token by its byte string; the lower is merged first, and is the id. */
export type Ranks = ReadonlyMap<string, number>;

const POSITIONS = 2 ** 31;

/**
 * Byte pair encoding of one piece of text: from single bytes, again and again joins the adjacent pair whose joined
 * bytes have the lowest rank, the leftmost where two are equal.
 *
 * Method: parts are a linked list over the positions where they begin; a heap holds rank and position of every pair,
 * and an entry whose pair has changed meanwhile is dropped when it surfaces. O(n log n) in the piece's length.
 *
 * @param piece a byte string.
 * @param below only pairs of a lower rank are joined.
 * @returns the byte strings of the parts.
 * @see tiktoken, src/lib.rs, `_byte_pair_merge_large`.
 */
export function mergeBytes(piece: string, ranks: Ranks, below = Infinity): string[] {
  const size = piece.length;
  const end = new Uint32Array(size);
  const previous = new Int32Array(size);
  const pairRank = new Float64Array(size);
  for (let start = 0; start < size; start += 1) {
    end[start] = start + 1;
    previous[start] = start - 1;
  }
  const heap: number[] = [];

  const rankPair = (start: number): void => {
    const middle = end[start];
    const rank = middle < size ? ranks.get(piece.slice(start, end[middle])) : undefined;
    pairRank[start] = rank !== undefined && rank < below ? rank : Infinity;
    if (pairRank[start] !== Infinity) pushKey(heap, pairRank[start] * POSITIONS + start);
  };

  for (let start = 0; start < size; start += 1) rankPair(start);
  for (let key = popKey(heap); key !== undefined; key = popKey(heap)) {
    const start = key % POSITIONS;
    if (pairRank[start] !== Math.floor(key / POSITIONS)) continue;
    const middle = end[start];
    pairRank[middle] = Infinity;
    end[start] = end[middle];
    if (end[start] < size) previous[end[start]] = start;
    rankPair(start);
    if (previous[start] >= 0) rankPair(previous[start]);
  }

  const parts: string[] = [];
  for (let start = 0; start < size; start = end[start]) parts.push(piece.slice(start, end[start]));
  return parts;
}

function pushKey(heap: number[], key: number): void {
  let hole = heap.length;
  heap.push(key);
  while (hole > 0) {
    const parent = (hole - 1) >> 1;
    if (heap[parent] <= key) break;
    heap[hole] = heap[parent];
    hole = parent;
  }
  heap[hole] = key;
}

function popKey(heap: number[]): number | undefined {
  const last = heap.pop();
  if (heap.length === 0 || last === undefined) return last;
  const least = heap[0];
  let hole = 0;
  for (let child = 1; child < heap.length; child = 2 * hole + 1) {
    if (child + 1 < heap.length && heap[child + 1] < heap[child]) child += 1;
    if (heap[child] >= last) break;
    heap[hole] = heap[child];
    hole = child;
  }
  heap[hole] = last;
  return least;
}
