/** Seconds since the call, from a start on. */
export function stopwatch(start = 0): () => number {
  const begin = performance.now();
  return () => start + (performance.now() - begin) / 1000;
}
