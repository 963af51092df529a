import { ladderTimings } from '@sheep/ops/contract';
import { nodeCommand, runProcess, type Skipped } from '../run-process.js';
import { quartiles } from '../statistics.js';
import { table } from '../table.js';
import type { MeasuredKernels } from './measure.js';
import { productShapes } from './shapes.js';

/** One kernel. */
export interface KernelRow {
  readonly name: string;
  /** Milliseconds, the fastest of each round: their quartiles. */
  readonly quartiles: readonly [number, number, number];
  /** 10^9 floating-point operations, or bytes, a second. */
  readonly rate: number;
  readonly unit: 'GFLOP/s' | 'GB/s';
  /** Of the bare loop's rate in the same rounds. */
  readonly shareOfPeak: number;
  /** Milliseconds of the composed form on stock tfjs-backend-wasm. */
  readonly composed?: number;
}

interface Work {
  readonly name: string;
  readonly operations?: number | undefined;
  readonly bytes?: number | undefined;
}

const OURS = ['cpu', 'wasm'] as const;
const CONTENDERS = [
  ['cpu', '2'],
  ['cpu', '1'],
  ['wasm', '2'],
  ['wasm', '1'],
  ['tfjs-wasm', '1'],
] as const;

function measureRounds(rounds: number, seconds: number): Map<string, MeasuredKernels[]> {
  const measured = new Map<string, MeasuredKernels[]>();
  for (let round = 1; round <= rounds; round += 1) {
    for (const [backend, threads] of CONTENDERS) {
      console.error(`kernels, round ${round} of ${rounds}: ${backend}, threads: ${threads} ...`);
      const result = runProcess(nodeCommand('kernels/measure.ts', backend, threads, `${seconds}`)) as
        | MeasuredKernels
        | Skipped;
      if ('skipped' in result) throw new Error(result.skipped);
      const key = `${backend} ${threads}`;
      measured.set(key, [...(measured.get(key) ?? []), result]);
    }
  }
  return measured;
}

const timesOf = (rounds: readonly MeasuredKernels[], name: string): number[] =>
  rounds.flatMap(({ timings }) => timings.filter((one) => one.name === name).map(({ milliseconds }) => milliseconds));

const median = (values: readonly number[]): number => quartiles(values)[1];

function rowOf({ name, operations, bytes = 0 }: Work, ours: MeasuredKernels[], composed: MeasuredKernels[]): KernelRow {
  const times = quartiles(timesOf(ours, name));
  const rate = (operations ?? bytes) / times[1] / 1e6;
  const peaks = ours.map(({ peak }) => (operations ? peak!.operationsPerSecond : peak!.bytesPerSecond) / 1e9);
  const stock = timesOf(composed, name);
  return {
    name,
    quartiles: times,
    rate,
    unit: operations ? 'GFLOP/s' : 'GB/s',
    shareOfPeak: rate / median(peaks),
    ...(stock.length > 0 && { composed: median(stock) }),
  };
}

const HEAD = ['kernel', 'median ms', 'quartiles', 'rate', 'of peak', 'composed / this'];

function cells({ name, quartiles: [low, middle, high], rate, unit, shareOfPeak, composed }: KernelRow): string[] {
  return [
    name,
    middle.toFixed(3),
    `${low.toFixed(3)}-${high.toFixed(3)}`,
    `${rate.toFixed(1)} ${unit}`,
    `${(100 * shareOfPeak).toFixed(0)} %`,
    composed === undefined ? '' : (composed / middle).toFixed(1),
  ];
}

const products: Work[] = productShapes().map(({ configuration, name, m, n, k }) => ({
  name: `${configuration} ${name}`,
  operations: 2 * m * n * k,
}));

const ops: Work[] = ladderTimings().map(({ name, configuration, operations, bytes }) => ({
  name: `${configuration} ${name}`,
  operations,
  bytes,
}));

// 7 products of half of 1024 x 1024, 4 heads of 64.
const longAttention: Work = { name: 'attention over 1,024 tokens', operations: 7 * 4 * 1024 * 1025 * 64 };

/** Times every kernel on cpu and wasm, and its composed form on stock wasm, in turns, and prints tables. */
export function benchKernels(rounds: number, seconds: number): Record<string, KernelRow[]> {
  const measured = measureRounds(rounds, seconds);
  const composed = measured.get('tfjs-wasm 1')!;
  const variants = OURS.flatMap((backend) => ['1', '2'].map((threads) => `${backend} ${threads}`));
  const tables = variants.map((variant): [string, KernelRow[]] => {
    const ours = measured.get(variant)!;
    const rows = [...products, ...ops, longAttention].map((work) => rowOf(work, ours, composed));
    const operations = median(ours.map(({ peak }) => peak!.operationsPerSecond / 1e9)).toFixed(1);
    const bytes = median(ours.map(({ peak }) => peak!.bytesPerSecond / 1e9)).toFixed(1);
    console.log(`\nKernels, backend and threads: ${variant}. Bare loops: ${operations} GFLOP/s, copy ${bytes} GB/s\n`);
    console.log(table(HEAD, rows.map(cells)));
    return [variant, rows];
  });
  return Object.fromEntries(tables);
}
