import { attention, linear } from '@sheep/ops';
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { kernelNames } from '../device/kernel-names.js';
import { waves } from '../device/kernels/kernels.fixture.js';
import { startProfile, type Profile } from './start-profile.js';
import { profileTable } from './table.js';
import { profileTrace, type TraceEvent } from './trace.js';
import { useBackend, type BackendInUse } from '../use-backend.js';
import { backendsHere, ourBackendsHere } from '../../../../test/backends-here.js';

const [ROWS, TIME, WIDTH] = [8, 64, 96];

/** The gradient of an attention and of a plain op of tfjs, large enough that all threads get some of it. */
function compute(): Float32Array {
  return tf.tidy(() => {
    const x = tf.tensor3d(waves(ROWS * TIME * WIDTH), [ROWS, TIME, WIDTH]);
    const weight = tf.tensor2d(waves(WIDTH * 3 * WIDTH, 0.1), [WIDTH, 3 * WIDTH]);
    const loss = (of: tf.Tensor) => tf.sum(tf.square(attention(linear(x, { weight: of as never }), { headCount: 4 })));
    return tf.grad(loss)(weight).dataSync() as Float32Array;
  });
}

/** Profiles some steps behind a warm-up. */
function profile(backend: BackendInUse, steps = 20): Profile[] {
  compute();
  return Array.from({ length: steps }, (_, i) => {
    const stop = startProfile(backend, `step ${i + 1}`);
    compute();
    return stop();
  });
}

const within = (inner: { start: number; end: number }, outer: { start: number; end: number }): boolean =>
  outer.start <= inner.start && inner.start <= inner.end && inner.end <= outer.end;

const kernelsOf = (name: string) => tf.getKernelsForBackend(`sheep-${name}`).map(({ kernelFunc }) => kernelFunc);

/** Milliseconds by which the clocks of threads may differ. */
const CLOCKS = 0.05;

const sum = (lines: readonly { milliseconds: number }[]) => lines.reduce((all, line) => all + line.milliseconds, 0);

const spans = (events: readonly TraceEvent[], tid: number) => events.filter((e) => e.ph === 'X' && e.tid === tid);

describe.each(ourBackendsHere)('a profile on %s', (name) => {
  const kernels = () => kernelsOf(name);
  let backend: BackendInUse;

  it.each([1, 2, 3])('has every op, job and share within what it is part of, with %i threads', async (threads) => {
    backend = await useBackend(name, { threads });
    const profiles = profile(backend);
    const seen = new Set<number>();
    for (const one of profiles) {
      expect(one.threads).toBe(threads);
      expect(one.ops.filter(({ name }) => name.startsWith('SheepAttention')).map(({ name }) => name)).toEqual([
        'SheepAttention',
        'SheepAttentionGradient',
      ]);
      for (const op of one.ops) expect(within(op, one.ops[op.parent] ?? one)).toBe(true);
      for (const job of one.jobs) {
        expect(kernelNames).toContain(job.kernel);
        expect(one.ops[job.op].start).toBeLessThan(job.end);
        expect(within(job, { start: one.start - CLOCKS, end: one.end + CLOCKS })).toBe(true);
        expect(job.shares.reduce((all, { blocks }) => all + blocks, 0)).toBe(job.blocks);
        for (const { thread } of job.shares) seen.add(thread);
      }
      one.jobs.slice(1).forEach((job, i) => expect(job.start).toBeGreaterThanOrEqual(one.jobs[i].end));
    }
    expect(seen).toEqual(new Set(Array.from({ length: threads }, (_, i) => i)));
  });

  it('changes no bit, and nothing is left of it', async () => {
    backend = await useBackend(name, { threads: 2 });
    const [before, plain] = [kernels(), compute()];
    const stop = startProfile(backend);
    const profiled = compute();
    const { jobs } = stop();
    expect(profiled).toEqual(plain);
    expect(kernels()).toEqual(before);
    const count = jobs.length;
    compute();
    expect(jobs.length).toBe(count);
  });

  it('adds up: ops and the time without kernels are the whole, and an op is its kernels', async () => {
    backend = await useBackend(name, { threads: 2 });
    const profiles = profile(backend);
    const { steps, milliseconds, ops, idle, calling, threads } = profileTable(profiles);
    const total = profiles.reduce((all, { start, end }) => all + end - start, 0) / 20;
    expect(steps).toBe(20);
    expect(milliseconds).toBeCloseTo(total, 9);
    expect(sum(ops) + idle).toBeCloseTo(total, 9);
    expect(idle).toBeGreaterThan(0);
    expect(calling).toBeGreaterThan(idle - CLOCKS);
    expect(calling).toBeLessThan(total);
    expect(threads).toBeLessThan(2.01);
    expect(threads * total).toBeGreaterThan(total - calling - CLOCKS);
    for (const op of ops) expect(sum(op.kernels)).toBeCloseTo(op.milliseconds, 9);
    const forward = ops.find(({ name }) => name === 'SheepAttention')!;
    expect(forward).toMatchObject({ calls: 1, kernels: [{ name: 'attention', calls: 1 }] });
    expect(forward.flops).toBe(2 * 2 * ROWS * ((TIME * (TIME + 1)) / 2) * WIDTH);
    expect(forward.threads).toBeGreaterThan(1 / 20);
    expect(forward.threads).toBeLessThan(2.01);
    const jobs = profiles.flatMap((one) => one.jobs);
    const inJobs = jobs.reduce((all, { start, end }) => all + end - start, 0) / 20;
    expect(sum(ops)).toBeGreaterThanOrEqual(inJobs - CLOCKS);
    expect(profileTable([])).toMatchObject({ steps: 0, milliseconds: 0, ops: [] });
  });
});

it('refuses a second profile while one is under way', async () => {
  const backend = await useBackend('wasm', { threads: 1 });
  const stop = startProfile(backend);
  expect(() => startProfile(backend, 'another')).toThrow(
    "starting the profile 'another': expected one profile at a time, received one that was started and not ended; " +
      'call what its startProfile returned first',
  );
  stop();
  startProfile(backend)();
});

it.each(backendsHere)('tells of the ops of %s', async (name) => {
  const { ops, milliseconds, idle } = profileTable(profile(await useBackend(name), 2));
  expect(ops.map((op) => op.name)).toEqual(expect.arrayContaining(['SheepAttention', 'SheepAttentionGradient']));
  expect(sum(ops) + idle).toBeCloseTo(milliseconds, 9);
});

describe('a trace', () => {
  it('is JSON of the Trace Event Format: named threads, events in order that nest', async () => {
    const backend = await useBackend('wasm', { threads: 2 });
    const text = JSON.stringify(profileTrace(profile(backend, 20), 'a test'));
    const { traceEvents } = JSON.parse(text) as { traceEvents: TraceEvent[] };
    const metadata = traceEvents.filter(({ ph }) => ph === 'M');
    expect(metadata.filter(({ name }) => name === 'process_name').map(({ args }) => args)).toEqual([
      { name: 'a test' },
    ]);
    const named = metadata.filter(({ name }) => name === 'thread_name').map(({ tid, args }) => [tid, args!.name]);
    expect(named).toEqual([
      [1, 'steps, and ops of the calling thread'],
      [2, 'kernels'],
      [3, 'thread 0, the calling one'],
      [4, 'thread 1'],
    ]);
    for (const [tid] of named) {
      const events = spans(traceEvents, tid as number);
      expect(events.length).toBeGreaterThan(0);
      const open: number[] = [];
      let before = 0;
      for (const { ts, dur } of events) {
        const [start, end] = [Math.round(1000 * ts!), Math.round(1000 * (ts! + dur!))];
        expect(start).toBeGreaterThanOrEqual(before);
        expect(end).toBeGreaterThanOrEqual(start);
        while (open.length > 0 && open.at(-1)! <= start) open.pop();
        expect(end).toBeLessThanOrEqual(open.at(-1) ?? end);
        open.push(end);
        before = start;
      }
    }
    const steps = traceEvents.filter(({ cat }) => cat === 'step').map(({ name }) => name);
    expect(steps).toEqual(Array.from({ length: 20 }, (_, i) => `step ${i + 1}`));
  });

  it('has what each thread did of a job beside the job', async () => {
    const profiles = profile(await useBackend('wasm', { threads: 2 }), 1);
    const { traceEvents } = profileTrace(profiles, 'a test');
    const job = traceEvents.find(({ name, cat }) => name === 'attention' && cat === 'kernel')!;
    const shares = traceEvents.filter(({ name, cat }) => name === 'attention' && cat === 'share');
    const blocks = shares.reduce((all, { args }) => all + (args!.blocks as number), 0);
    expect(job.args).toMatchObject({ blocks, flops: 2 * 2 * ROWS * ((TIME * (TIME + 1)) / 2) * WIDTH });
    for (const { ts, dur } of shares) {
      expect(ts!).toBeGreaterThan(job.ts! - 50);
      expect(ts! + dur!).toBeLessThan(job.ts! + job.dur! + 50);
    }
  });
});
