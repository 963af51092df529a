import type { Profile } from './start-profile.js';

/** An event as the Trace Event Format has it: times in microseconds. */
export interface TraceEvent {
  readonly name: string;
  /** `X`: something that took time. `M`: says how a process or a thread is called, and where it stands. */
  readonly ph: 'X' | 'M';
  readonly pid: number;
  readonly tid: number;
  readonly cat?: string;
  readonly ts?: number;
  readonly dur?: number;
  readonly args?: Readonly<Record<string, unknown>>;
}

/** A trace that ui.perfetto.dev, and chrome://tracing, open when it is written as JSON. */
export interface Trace {
  readonly displayTimeUnit: 'ms';
  readonly traceEvents: readonly TraceEvent[];
}

const PROCESS = 1;
/** The calling thread's steps and ops; kernels, one after the other; the shares of thread i on a line of their own, `FIRST_THREAD + i`. */
const CALLER = 1;
const KERNELS = 2;
const FIRST_THREAD = 3;

interface Span {
  readonly start: number;
  readonly end: number;
}

/** Whole nanoseconds, so that what lies within something else still does. */
const nanoseconds = (milliseconds: number, origin: number): number => Math.round((milliseconds - origin) * 1e6);

function spanEvents(profile: Profile, origin: number): TraceEvent[] {
  const event = (
    tid: number,
    cat: string,
    name: string,
    { start, end }: Span,
    args?: TraceEvent['args'],
  ): TraceEvent => {
    const [from, to] = [nanoseconds(start, origin), nanoseconds(end, origin)];
    return { name, cat, ph: 'X', pid: PROCESS, tid, ts: from / 1000, dur: (to - from) / 1000, ...(args && { args }) };
  };
  const { name, ops, jobs } = profile;
  return [
    event(CALLER, 'step', name, profile),
    ...ops.map((op) => event(CALLER, 'op', op.name, op)),
    ...jobs.map((job) => event(KERNELS, 'kernel', job.kernel, job, { blocks: job.blocks, ...job.work })),
    ...jobs.flatMap(({ kernel, shares }) =>
      shares.map((share) => event(FIRST_THREAD + share.thread, 'share', kernel, share, { blocks: share.blocks })),
    ),
  ];
}

function named(tid: number, name: string): TraceEvent[] {
  const common = { ph: 'M', pid: PROCESS, tid } as const;
  return [
    { ...common, name: 'thread_name', args: { name } },
    { ...common, name: 'thread_sort_index', args: { sort_index: tid } },
  ];
}

const byStart = (a: TraceEvent, b: TraceEvent): number => a.ts! - b.ts! || b.dur! - a.dur!;

/**
 * Profiles as a trace: a line of steps and ops as the calling thread went through them, one of the kernels that they
 * asked for, which run then or later, and a line a thread of what it computed. Time starts with the first profile.
 *
 * @param processName what the trace calls the whole.
 */
export function profileTrace(profiles: readonly Profile[], processName: string): Trace {
  const threads = Math.max(0, ...profiles.map((profile) => (profile.jobs.length > 0 ? profile.threads : 0)));
  const origin = profiles[0]?.start ?? 0;
  return {
    displayTimeUnit: 'ms',
    traceEvents: [
      { name: 'process_name', ph: 'M', pid: PROCESS, tid: CALLER, args: { name: processName } },
      ...named(CALLER, 'steps, and ops of the calling thread'),
      ...(threads > 0 ? named(KERNELS, 'kernels') : []),
      ...Array.from({ length: threads }, (_, i) => named(FIRST_THREAD + i, threadName(i))).flat(),
      ...profiles.flatMap((profile) => spanEvents(profile, origin)).sort(byStart),
    ],
  };
}

const threadName = (thread: number): string => (thread === 0 ? 'thread 0, the calling one' : `thread ${thread}`);
