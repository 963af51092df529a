import type { OpCall, OpJob } from './recorder.js';
import type { Profile } from './start-profile.js';

/** A line of a profile's table; all numbers are for one step. */
export interface ProfileLine {
  /** Of an op as TensorFlow.js has it, of a kernel of ours as C has it. */
  readonly name: string;
  readonly calls: number;
  readonly milliseconds: number;
  /** Multiplications and additions of products; 0 where there are none. */
  readonly flops: number;
  /** Bytes read and written if each value moves once; 0 where nobody knows. */
  readonly bytes: number;
  /** Threads that were at work, on average. */
  readonly threads: number;
}

/** An op with all that ran in it. */
export interface ProfileOp extends ProfileLine {
  /** Kernels of ours, by snake_case names, and ops that TensorFlow.js's own kernels computed, by theirs. */
  readonly kernels: readonly ProfileLine[];
}

/** Where the time of a step goes: `ops` and `idle` make up all of it. */
export interface ProfileTable {
  readonly steps: number;
  readonly milliseconds: number;
  /** The slowest first. */
  readonly ops: readonly ProfileOp[];
  /** Milliseconds in which no kernel ran. */
  readonly idle: number;
  /** Milliseconds in which the calling thread was in no kernel: JavaScript, beside which other threads work, and waiting for them. */
  readonly calling: number;
  /** Threads that were in kernels, on average. */
  readonly threads: number;
}

/** Ops that only give a tensor another name or shape: no kernel, but JavaScript between kernels. */
const VIEWS: ReadonlySet<string> = new Set(['Identity', 'Reshape']);

type Sum = { -readonly [Key in keyof ProfileLine]: ProfileLine[Key] };

const emptyLine = (name: string): Sum => ({ name, calls: 0, milliseconds: 0, flops: 0, bytes: 0, threads: 0 });

function entry<T>(map: Map<string, T>, name: string, make: (name: string) => T): T {
  const found = map.get(name) ?? make(name);
  map.set(name, found);
  return found;
}

type Part = Omit<ProfileLine, 'name' | 'calls'>;

/** Adds a part to a line; `threads` is the time at work of all of them until the end. */
function add(line: Sum, { milliseconds, flops, bytes, threads }: Part): void {
  line.milliseconds += milliseconds;
  line.flops += flops;
  line.bytes += bytes;
  line.threads += threads;
}

/** Something that ran, of which only one ran at a time. */
interface Ran {
  readonly name: string;
  /** The op that it ran for, or was; -1 for none. */
  readonly op: number;
  readonly start: number;
  readonly end: number;
  readonly flops: number;
  readonly bytes: number;
  /** Milliseconds at work of all threads, and of the calling one; unless given its own, from `start` to `end`. */
  readonly atWork?: { readonly all: number; readonly calling: number };
}

function ranOfJob({ kernel: name, op, start, end, work, shares }: OpJob): Ran {
  const times = shares.map(({ thread, ...share }) => ({ thread, time: share.end - share.start }));
  const all = times.reduce((sum, { time }) => sum + time, 0);
  const calling = times.find(({ thread }) => thread === 0)?.time ?? 0;
  return { name, op, start, end, flops: work?.flops ?? 0, bytes: work?.bytes ?? 0, atWork: { all, calling } };
}

const ranOfOp = ({ name, start, end }: OpCall, op: number): Ran => ({ name, op, start, end, flops: 0, bytes: 0 });

/** A group of the table: an op that no other called, and what ran in it. */
interface Group {
  readonly line: Sum;
  readonly kernels: Map<string, Sum>;
}

function addTo(group: Group, name: string, part: Part): void {
  const kernel = entry(group.kernels, name, emptyLine);
  kernel.calls += 1;
  add(kernel, part);
  add(group.line, part);
}

/** Adds a profile to the groups. Returns the milliseconds that the calling thread was at work. */
function addProfile({ start, ops, jobs }: Profile, groups: Map<string, Group>): number {
  const group = (name: string): Group => entry(groups, name, () => ({ line: emptyLine(name), kernels: new Map() }));
  const outermost: string[] = [];
  const leaf = ops.map(() => true);
  for (const [i, { name, parent }] of ops.entries()) {
    outermost[i] = outermost[parent] ?? name;
    if (parent >= 0) leaf[parent] = false;
    else group(name).line.calls += 1;
  }
  for (const { op, kernel } of jobs) {
    if (op >= 0) leaf[op] = false;
    else group(kernel).line.calls += 1;
  }
  const ownOps = ops.flatMap((op, i) => (leaf[i] && !VIEWS.has(op.name) ? [ranOfOp(op, i)] : []));
  const ran = [...jobs.map(ranOfJob), ...ownOps].sort((a, b) => a.start - b.start);
  let [calling, before] = [0, start];
  for (const { name, op, flops, bytes, atWork, ...time } of ran) {
    // An op of JavaScript that waits for kernels begins where they end.
    const milliseconds = Math.max(0, time.end - Math.max(time.start, before));
    before = Math.max(before, time.end);
    calling += atWork?.calling ?? milliseconds;
    addTo(group(outermost[op] ?? name), name, { milliseconds, flops, bytes, threads: atWork?.all ?? milliseconds });
  }
  return calling;
}

function perStep(line: Sum, steps: number): ProfileLine {
  const { name, calls, milliseconds, flops, bytes, threads } = line;
  return {
    name,
    calls: calls / steps,
    milliseconds: milliseconds / steps,
    flops: flops / steps,
    bytes: bytes / steps,
    threads: milliseconds > 0 ? threads / milliseconds : 0,
  };
}

const slowestFirst = (a: ProfileLine, b: ProfileLine): number => b.milliseconds - a.milliseconds;

/** Adds up profiles of steps that are alike; of none it is a table of zeros. */
export function profileTable(profiles: readonly Profile[]): ProfileTable {
  const steps = Math.max(1, profiles.length);
  const groups = new Map<string, Group>();
  const atWork = profiles.reduce((sum, profile) => sum + addProfile(profile, groups), 0) / steps;
  const milliseconds = profiles.reduce((sum, { start, end }) => sum + end - start, 0) / steps;
  const ops = [...groups.values()]
    .filter(({ kernels }) => kernels.size > 0)
    .map(({ line, kernels }) => ({
      ...perStep(line, steps),
      kernels: [...kernels.values()].map((kernel) => perStep(kernel, steps)).sort(slowestFirst),
    }))
    .sort(slowestFirst);
  const sum = (value: (op: ProfileOp) => number): number => ops.reduce((all, op) => all + value(op), 0);
  return {
    steps: profiles.length,
    milliseconds,
    ops,
    idle: milliseconds - sum((op) => op.milliseconds),
    calling: milliseconds - atWork,
    threads: milliseconds > 0 ? sum((op) => op.threads * op.milliseconds) / milliseconds : 0,
  };
}
