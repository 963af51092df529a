/** How fast tokens pass, over the newest `windowSeconds`. */
export interface Throughput {
  /** Counts tokens as done now. */
  add(tokens: number): void;
  /** Tokens a second; 0 before any time has passed. */
  perSecond(): number;
}

interface Mark {
  readonly time: number;
  readonly total: number;
}

/**
 * Tokens a second over a recent window. The clock starts at the call.
 *
 * @param windowSeconds how far back to look; a step longer than that counts whole.
 * @param clock seconds since any fixed moment.
 */
export function createThroughput(
  windowSeconds: number,
  clock: () => number = () => performance.now() / 1000,
): Throughput {
  const marks: Mark[] = [{ time: clock(), total: 0 }];
  let total = 0;
  return {
    add(tokens) {
      const time = clock();
      total += tokens;
      marks.push({ time, total });
      // The first mark is the newest one that is at least a window old, so that the window is always covered.
      const first = marks.findIndex((mark) => mark.time > time - windowSeconds) - 1;
      if (first > 0) marks.splice(0, first);
    },
    perSecond() {
      const seconds = clock() - marks[0].time;
      return seconds > 0 ? (total - marks[0].total) / seconds : 0;
    },
  };
}
