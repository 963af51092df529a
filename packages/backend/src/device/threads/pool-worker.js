// A worker of the pool, in Node and in browsers: a script without imports, since it runs from its text.
// It serves blocks from an instance of its own on the shared memory, and sleeps while there is no job.
{
  const port = globalThis.process?.getBuiltinModule?.('node:worker_threads').parentPort ?? globalThis;

  const serve = ({
    module,
    memory,
    place,
    scratch,
    stackTop,
    spins,
    words,
    clockOrigin,
    failureText,
    failureBytes,
  }) => {
    const control = new Int32Array(memory.buffer, place * 16);
    try {
      const ahead = performance.timeOrigin - clockOrigin;
      const now = () => performance.now() + ahead;
      const { exports } = new WebAssembly.Instance(module, { env: { memory, now } });
      const { __stack_pointer: stackPointer } = exports;
      stackPointer.value = stackTop;
      port.postMessage('ready');
      for (;;) {
        const job = exports.sheep_serve(0, place, scratch, spins);
        Atomics.add(control, words.SLEEPERS, 1);
        Atomics.wait(control, words.JOB, job);
        Atomics.sub(control, words.SLEEPERS, 1);
      }
    } catch (error) {
      const text = new TextEncoder().encode(String(error)).subarray(0, failureBytes);
      new Uint8Array(memory.buffer, failureText).set(text);
      Atomics.store(control, words.FAILURE_LENGTH, text.length);
      Atomics.store(control, words.FAILED, 1);
    }
  };

  port.addEventListener('message', ({ data }) => serve(data), { once: true });
}
