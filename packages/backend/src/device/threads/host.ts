type NodeProcess = Pick<typeof process, 'arch' | 'getBuiltinModule' | 'platform' | 'versions'>;

/** Node's process, or undefined in a browser. */
export function nodeProcess(): NodeProcess | undefined {
  const { process } = globalThis as { process?: Partial<NodeProcess> };
  return process?.versions?.node === undefined ? undefined : (process as NodeProcess);
}

/** Threads that this machine runs at once. */
export function availableThreads(): number {
  const node = nodeProcess();
  return node ? node.getBuiltinModule('node:os').availableParallelism() : navigator.hardwareConcurrency;
}
