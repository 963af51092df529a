// Kernels on one backend: usage: measure.ts BACKEND THREADS SECONDS; prints one line of JSON. Each is timed for so many seconds.
import { useBackend, type BackendName, type Peak } from '@sheep/backend';
import { attention } from '@sheep/ops';
import { ladderTimings } from '@sheep/ops/contract';
import { dispose, grad, matMul, randomNormal, sum, type Tensor, type Tensor3D } from '@tensorflow/tfjs-core';
import { productShapes } from './shapes.js';

/** What the fastest of some runs took. */
export interface Timed {
  readonly name: string;
  readonly milliseconds: number;
}

/** What a process of this file prints. */
export interface MeasuredKernels {
  readonly build: string;
  readonly peak: Peak | undefined;
  readonly timings: readonly Timed[];
}

const [backend, threads, secondsText] = process.argv.slice(2);
const seconds = Number(secondsText);

const { build, measurePeak, settle } = await useBackend(backend as BackendName, { threads: Number(threads) });

function fastest(name: string, step: () => void): Timed {
  step();
  settle?.();
  const end = performance.now() + 1000 * seconds;
  let least = Infinity;
  do {
    const start = performance.now();
    step();
    settle?.();
    least = Math.min(least, performance.now() - start);
  } while (performance.now() < end);
  return { name, milliseconds: least };
}

/** Products alone, the packing of B among it. */
function timeProducts(): Timed[] {
  const timings: Timed[] = [];
  for (const { configuration, name, m, n, k, transposeA, transposeB } of productShapes()) {
    const a = randomNormal(transposeA ? [k, m] : [m, k]);
    const b = randomNormal(transposeB ? [n, k] : [k, n]);
    timings.push(
      fastest(`${configuration} ${name}`, () => {
        matMul(a, b, transposeA, transposeB).dispose();
      }),
    );
    dispose([a, b]);
  }
  return timings;
}

function timeOps(): Timed[] {
  const timings: Timed[] = [];
  for (const { name, configuration, prepare } of ladderTimings()) {
    const prepared = prepare();
    timings.push(fastest(`${configuration} ${name}`, prepared.step));
    prepared.dispose();
  }
  return timings;
}

/** Attention over 1,024 tokens, forward and backward: one window of 4 heads of 64. */
function timeLongAttention(): Timed {
  const qkv = randomNormal([1, 1024, 3 * 256]) as Tensor3D;
  const slope = grad((x: Tensor) => sum(attention(x as Tensor3D, { headCount: 4 })));
  const timed = fastest('attention over 1,024 tokens', () => slope(qkv).dispose());
  qkv.dispose();
  return timed;
}

const peak = measurePeak?.(2 * seconds);
const timings = [timeLongAttention(), ...timeOps(), ...(measurePeak ? timeProducts() : [])];
console.log(JSON.stringify({ build, peak, timings } satisfies MeasuredKernels));
