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

/** Where the time of a step goes: `ops` and `between` make up all of it. */
export interface ProfileTable {
  readonly steps: number;
  readonly milliseconds: number;
  /** The slowest first. */
  readonly ops: readonly ProfileOp[];
  /** Milliseconds in which no kernel ran. */
  readonly between: {
    /** In ops: checks, memory, parameters. */
    readonly inOps: number;
    /** Outside of them: the tape, the model's and the trainer's JavaScript. */
    readonly outside: number;
  };
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

/** Adds a part to a line; `threads` is the time at work of all of them until the end. */
function add(line: Sum, { milliseconds, flops, bytes, threads }: Omit<ProfileLine, 'name' | 'calls'>): void {
  line.milliseconds += milliseconds;
  line.flops += flops;
  line.bytes += bytes;
  line.threads += threads;
}

function partOfJob({ start, end, work, shares }: OpJob) {
  const atWork = shares.reduce((sum, share) => sum + share.end - share.start, 0);
  return { milliseconds: end - start, flops: work?.flops ?? 0, bytes: work?.bytes ?? 0, threads: atWork };
}

const partOfOp = ({ start, end }: OpCall) => ({ milliseconds: end - start, flops: 0, bytes: 0, threads: end - start });

/** A group of the table: an op that no other called, and what ran in it. */
interface Group {
  readonly line: Sum;
  readonly kernels: Map<string, Sum>;
}

function addTo(group: Group, name: string, part: Omit<ProfileLine, 'name' | 'calls'>): void {
  const kernel = entry(group.kernels, name, emptyLine);
  kernel.calls += 1;
  add(kernel, part);
  add(group.line, part);
}

/** Adds a profile to the groups. Returns the milliseconds in ops that no other called. */
function addProfile({ ops, jobs }: Profile, groups: Map<string, Group>): number {
  const group = (name: string): Group => entry(groups, name, () => ({ line: emptyLine(name), kernels: new Map() }));
  const outermost: string[] = [];
  const leaf = ops.map(() => true);
  let inOps = 0;
  for (const [i, { name, parent, start, end }] of ops.entries()) {
    outermost[i] = outermost[parent] ?? name;
    if (parent >= 0) leaf[parent] = false;
    else {
      group(name).line.calls += 1;
      inOps += end - start;
    }
  }
  for (const job of jobs) {
    if (job.op >= 0) leaf[job.op] = false;
    else group(job.kernel).line.calls += 1;
    addTo(group(outermost[job.op] ?? job.kernel), job.kernel, partOfJob(job));
  }
  for (const [i, op] of ops.entries()) {
    if (leaf[i] && !VIEWS.has(op.name)) addTo(group(outermost[i]), op.name, partOfOp(op));
  }
  return inOps + jobs.reduce((sum, { op, start, end }) => sum + (op < 0 ? end - start : 0), 0);
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
  const inOps = profiles.reduce((sum, profile) => sum + addProfile(profile, groups), 0) / steps;
  const milliseconds = profiles.reduce((sum, { start, end }) => sum + end - start, 0) / steps;
  const ops = [...groups.values()]
    .filter(({ kernels }) => kernels.size > 0)
    .map(({ line, kernels }) => ({
      ...perStep(line, steps),
      kernels: [...kernels.values()].map((kernel) => perStep(kernel, steps)).sort(slowestFirst),
    }))
    .sort(slowestFirst);
  const inKernels = ops.reduce((sum, op) => sum + op.milliseconds, 0);
  return {
    steps: profiles.length,
    milliseconds,
    ops,
    between: { inOps: inOps - inKernels, outside: milliseconds - inOps },
  };
}
