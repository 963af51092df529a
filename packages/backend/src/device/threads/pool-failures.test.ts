import type { Worker as NodeWorker } from 'node:worker_threads';
import { Worker } from 'node:worker_threads';
import { expect, it } from 'vitest';
import { runScript } from '../../run-script.fixture.js';
import { controlWords } from './control.js';
import { poolsOfTests } from './pools.fixture.js';

const OUTSIDE = 0xffff_ffff;
const { open } = poolsOfTests();

async function until(holds: () => boolean): Promise<void> {
  for (let waited = 0; !holds(); waited += 5) {
    if (waited > 10_000) throw new Error('it did not happen in 10 s');
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

it.each([1, 2])('a kernel that goes wrong is an error, with %i threads', async (threads) => {
  const { pool } = await open({ threads });
  const run = (): void => {
    pool.run('fill', [OUTSIDE, 1], [0], 1);
    pool.settle();
  };
  expect(run).toThrow(
    /^running the kernel fill: expected every thread to do its part, received RuntimeError: memory access out of bounds;/,
  );
  expect(() => pool.run('fill', [0, 0], [0], 1)).toThrow('memory access out of bounds');
});

it('a kernel that goes wrong on a worker is an error that says how', async () => {
  const one = await open({ threads: 2 });
  one.pool.run('fill', [OUTSIDE, 1], [0], 2);
  await until(() => Atomics.load(one.heap.views.i32, one.place * 4 + controlWords.FAILED) === 1);
  const expected =
    'running the kernel fill: expected every thread to do its part, received RuntimeError: memory access';
  expect(() => one.heap.f32).toThrow(expected);
  expect(() => one.pool.run('fill', [0, 0], [0], 2)).toThrow(expected);
});

it('a worker that ends is an error', async () => {
  const started: NodeWorker[] = [];
  const note = (worker: NodeWorker): void => void started.push(worker);
  process.on('worker', note);
  const { pool } = await open({ threads: 3 });
  process.off('worker', note);
  expect(started).toHaveLength(2);
  await started[0].terminate();
  expect(() => pool.run('fill', [0, 0], [0], 2)).toThrow('received a thread that ended: it ended with code 1');
});

it('a thread that is gone with a block is an error, not a hang', { timeout: 60_000 }, async () => {
  const one = await open({ threads: 2, patience: 200 });
  // Takes one block as a worker does, and ends.
  const thief = new Worker(
    `const { parentPort, workerData } = require('node:worker_threads');
     const ticket = new Int32Array(workerData.buffer, workerData.place * 16, 1);
     parentPort.postMessage('ready');
     for (;;) {
       const left = Atomics.load(ticket, 0);
       if (left > 0 && Atomics.compareExchange(ticket, 0, left, left - 1) === left) break;
     }`,
    { eval: true, execArgv: [], workerData: { buffer: one.heap.buffer, place: one.place } },
  );
  await new Promise((resolve) => thief.once('message', resolve));
  const place = one.allocator.allocate(64).ref;
  const before = performance.now();
  expect(() => {
    // Until the thief has had its turn, however busy the machine is.
    while (performance.now() - before < 40_000) {
      one.pool.run('fill', [place, 1], [0], 500);
      one.pool.settle();
    }
  }).toThrow('received Error: a block that was not done after 200 ms, its thread most likely gone');
  await thief.terminate();
});

it('a process with an open pool ends by itself', () => {
  const { status, stdout, stderr } = runScript(`
    import { openPool } from './src/device/threads/pool.fixture.ts';
    const { pool, heap, allocator } = await openPool({ threads: 4 });
    const { ref } = allocator.allocate(4 * 50_000);
    pool.run('fill', [ref, 50_000], [3], 4);
    console.log(heap.f32.subarray(ref * 4, ref * 4 + 50_000).reduce((sum, x) => sum + x, 0));
  `);
  expect({ status, stdout, stderr }).toEqual({ status: 0, stdout: '150000\n', stderr: '' });
});
