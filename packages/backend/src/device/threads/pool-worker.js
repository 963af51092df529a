// A worker of the pool, in Node and in browsers: a script without imports, since it runs from its text.
// It serves blocks on the shared memory, and sleeps while there is no job.

// How this thread serves: from a WebAssembly instance of its own, or natively.
function openKernels({ module, memory, addon, buffer, stackTop, clockOrigin }) {
  if (addon !== undefined) {
    const require = globalThis.process.getBuiltinModule('node:module').createRequire(addon);
    return require(addon).open(new Float32Array(buffer, 0, 1)).serve;
  }
  const ahead = performance.timeOrigin - clockOrigin;
  const now = () => performance.now() + ahead;
  const { exports } = new WebAssembly.Instance(module, { env: { memory, now } });
  const { __stack_pointer: stackPointer } = exports;
  stackPointer.value = stackTop;
  return (...given) => exports.sheep_serve(0, ...given);
}

{
  const port = globalThis.process?.getBuiltinModule?.('node:worker_threads').parentPort ?? globalThis;

  const serve = (data) => {
    const { place, scratch, spins, words, failureText, failureBytes } = data;
    const buffer = data.buffer ?? data.memory.buffer;
    const control = new Int32Array(buffer, place * 16, words.FAILURE_LENGTH + 1);
    try {
      const serveBlocks = openKernels(data);
      port.postMessage('ready');
      for (;;) {
        const job = serveBlocks(place, scratch, spins) | 0;
        Atomics.add(control, words.SLEEPERS, 1);
        Atomics.wait(control, words.JOB, job);
        Atomics.sub(control, words.SLEEPERS, 1);
      }
    } catch (error) {
      const text = new TextEncoder().encode(String(error)).subarray(0, failureBytes);
      new Uint8Array(buffer, failureText, text.length).set(text);
      Atomics.store(control, words.FAILURE_LENGTH, text.length);
      Atomics.store(control, words.FAILED, 1);
    }
  };

  port.addEventListener('message', ({ data }) => serve(data), { once: true });
}
