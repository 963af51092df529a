const EXIT_CODES = { SIGINT: 130, SIGTERM: 143 } as const;

/** A signal that asks the process to end. */
export type StopSignal = keyof typeof EXIT_CODES;

/** What a process ends with after a signal: 128 and the signal's number. */
export function exitCodeOf(signal: StopSignal): number {
  return EXIT_CODES[signal];
}

// A terminal sends its signal to every process of a group, and npm hands on another: closer than this they are one.
const SAME_MILLISECONDS = 500;

/**
 * Calls `stop` at the first signal that asks the process to end. A second one ends it at once.
 *
 * @returns removes the listeners and says which signal came, if one did.
 */
export function onStopSignal(stop: (signal: StopSignal) => void): () => StopSignal | undefined {
  let received: { signal: StopSignal; at: number } | undefined;
  const listener = (signal: NodeJS.Signals) => {
    const at = performance.now();
    if (received !== undefined) {
      if (at - received.at > SAME_MILLISECONDS) process.exit(EXIT_CODES[signal as StopSignal]);
      return;
    }
    received = { signal: signal as StopSignal, at };
    stop(received.signal);
  };
  const signals = Object.keys(EXIT_CODES) as StopSignal[];
  for (const signal of signals) process.on(signal, listener);
  return () => {
    for (const signal of signals) process.off(signal, listener);
    return received?.signal;
  };
}
