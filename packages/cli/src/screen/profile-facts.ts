import type { ProfileLine, ProfileTable } from '@sheep/backend';
import type { Fact } from './format.js';
import { formatShare, formatThreads } from './format.js';

/** Below this share of a step, ops are told together. */
const SMALL = 0.002;

const cells = (...[calls, ms, rate, threads, share]: readonly string[]): string =>
  [calls.padStart(6), ms.padStart(9), rate.padEnd(14), threads.padStart(7), share.padStart(9)].join('  ');

function rateOf({ flops, bytes, milliseconds }: ProfileLine): string {
  const [amount, unit] = flops > 0 ? [flops, 'GFLOP/s'] : [bytes, 'GB/s'];
  return amount > 0 ? `${(amount / milliseconds / 1e6).toFixed(1).padStart(6)} ${unit}` : '';
}

function factOf(label: string, line: ProfileLine, total: number): Fact {
  const { calls, milliseconds, threads } = line;
  const count = Number.isInteger(calls) ? String(calls) : calls.toFixed(1);
  const share = formatShare(milliseconds / total);
  return [label, cells(count, milliseconds.toFixed(3), rateOf(line), threads.toFixed(2), share)];
}

/** An op; its kernels below it where there are several, else behind it. */
function opFacts(op: ProfileTable['ops'][number], total: number): Fact[] {
  const [first, ...others] = op.kernels;
  if (others.length === 0) return [factOf(first.name === op.name ? op.name : `${op.name}: ${first.name}`, op, total)];
  return [factOf(op.name, op, total), ...op.kernels.map((kernel) => factOf(`  ${kernel.name}`, kernel, total))];
}

const restFact = (label: string, milliseconds: number, total: number, threads?: number): Fact => [
  label,
  cells('', milliseconds.toFixed(3), '', threads?.toFixed(2) ?? '', formatShare(milliseconds / total)),
];

/** The table of a profile, all of it for one step. */
export function profileFacts(table: ProfileTable, threads: number): Fact[] {
  const { steps, milliseconds, ops, idle, calling } = table;
  const large = ops.filter((op) => op.milliseconds >= SMALL * milliseconds);
  const small = ops.slice(large.length).reduce((sum, op) => sum + op.milliseconds, 0);
  return [
    ['op, with its kernels', cells('calls', 'ms', '', 'threads', '% of step')],
    ...large.flatMap((op) => opFacts(op, milliseconds)),
    ...(large.length < ops.length ? [restFact(`${ops.length - large.length} smaller ops`, small, milliseconds)] : []),
    restFact('no kernel runs', idle, milliseconds),
    restFact(`a step, mean of ${steps}, ${formatThreads(threads)}`, milliseconds, milliseconds, table.threads),
    restFact('  the calling thread outside of kernels', calling, milliseconds),
  ];
}
