interface Listening {
  listeners(event: string): ((...args: unknown[]) => void)[];
  removeListener(event: string, listener: (...args: unknown[]) => void): void;
}

const EVENTS = ['uncaughtException', 'unhandledRejection'];

/**
 * Runs `start`, and takes back what it set to listen to the process's errors. The glue of stock tfjs-backend-wasm throws
 * each of them again, so that Node shows its one line of 20,000 characters in place of the program's.
 */
export async function withoutProcessListeners<T>(start: () => Promise<T>): Promise<T> {
  const { process } = globalThis as { process?: Partial<Listening> };
  if (!process?.listeners || !process.removeListener) return start();
  const host = process as Listening;
  const before = new Set(EVENTS.flatMap((event) => host.listeners(event)));
  try {
    return await start();
  } finally {
    for (const event of EVENTS) {
      const added = host.listeners(event).filter((listener) => !before.has(listener));
      for (const listener of added) host.removeListener(event, listener);
    }
  }
}
