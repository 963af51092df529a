import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { benches, openBench, type KernelBench } from './kernels.fixture.js';

const ROUND_TO_ONE = 6;

/** By its series, all of whose terms are positive: erf(x) = 2 / sqrt(pi) e^(-x^2) sum of 2^n x^(2n+1) / (2n+1)!!. */
function erf(x: number): number {
  const a = Math.abs(x);
  if (a > ROUND_TO_ONE) return Math.sign(x);
  let [term, sum] = [a, a];
  for (let n = 1; term > sum * 1e-17; n += 1) {
    term *= (2 * a * a) / (2 * n + 1);
    sum += term;
  }
  return (Math.sign(x) * 2 * Math.exp(-a * a) * sum) / Math.sqrt(Math.PI);
}

const logistic = (x: number) => (x < 0 ? Math.exp(x) / (1 + Math.exp(x)) : 1 / (1 + Math.exp(-x)));

/** The distance of neighboring floats at a value. */
function ulp(value: number): number {
  return 2 ** (Math.max(Math.floor(Math.log2(Math.abs(value))), -126) - 23);
}

const PRIME_STEP = 4001;

/** Every 4001st float of both signs within bounds. */
function sweep(from: number, to: number): Float32Array {
  const bits = new Int32Array(Math.floor(0x7f800000 / PRIME_STEP)).map((_, i) => i * PRIME_STEP);
  const positive = new Float32Array(bits.buffer);
  return Float32Array.from([...positive.map((x) => -x).reverse(), ...positive].filter((x) => x >= from && x <= to));
}

// The bounds that kernels/math.h states, for the arguments where they hold.
const functions = {
  exp: { of: Math.exp, from: -104, to: 88.72283, ulps: 1 },
  tanh: { of: Math.tanh, from: -100, to: 100, ulps: 2.6 },
  erf: { of: erf, from: -10, to: 10, ulps: 3 },
  log: { of: Math.log, from: 1e-45, to: Infinity, ulps: 0.9 },
  logistic: { of: logistic, from: -87, to: Infinity, ulps: 2.4 },
};

type Name = keyof typeof functions;
const names = Object.keys(functions) as Name[];

describe.each(benches)('the functions of math.h: $build, $threads threads', (options) => {
  let bench: KernelBench;
  beforeAll(async () => {
    bench = await openBench(options);
  });
  afterAll(() => bench.close());

  const apply = (name: Name, x: ArrayLike<number>) => {
    const y = bench.room(x.length);
    bench.run(`pointwise_${name}`, [bench.put(x), y, x.length], [], Math.ceil(x.length / 16384));
    return bench.read(y, x.length);
  };

  it.each(names)('%s stays within its bound over the whole range', (name) => {
    const bound = functions[name];
    const x = sweep(bound.from, bound.to);
    const y = apply(name, x);
    let worst = 0;
    let where = 0;
    x.forEach((value, i) => {
      const exact = bound.of(value);
      const error = Number.isNaN(y[i]) ? Infinity : Math.abs(y[i] - exact) / ulp(exact);
      if (y[i] === exact || error <= worst) return;
      worst = error;
      where = value;
    });
    expect(worst, `at ${where}`).toBeLessThanOrEqual(bound.ulps);
    expect(x.length).toBeGreaterThan(100_000);
  });

  it.each<[Name, number[], number[]]>([
    [
      'exp',
      [0, -0, 1e-45, Infinity, -Infinity, 88.8, 200, 3.4e38, -105, -3.4e38],
      [1, 1, 1, Infinity, 0, Infinity, Infinity, Infinity, 0, 0],
    ],
    ['tanh', [0, -0, Infinity, -Infinity, 3.4e38, -3.4e38, 20], [0, -0, 1, -1, 1, -1, 1]],
    ['erf', [0, -0, Infinity, -Infinity, 3.4e38, -3.4e38, 5], [0, -0, 1, -1, 1, -1, 1]],
    ['log', [0, -0, Infinity, -Infinity, -1e-45, -1, 1], [-Infinity, -Infinity, Infinity, NaN, NaN, NaN, 0]],
    ['logistic', [0, -0, Infinity, -Infinity, 3.4e38, -3.4e38, -88], [0.5, 0.5, 1, 0, 1, 0, 0]],
  ])('%s has its limits at zeros, infinities and the ends of the range', (name, x, expected) => {
    expect(Array.from(apply(name, x))).toEqual(expected);
  });

  it.each(names)('%s keeps NaN, in any lane', (name) => {
    const x = Array.from({ length: 9 }, (_, i) => (i % 2 === 0 ? NaN : 0.5));
    expect(Array.from(apply(name, x), Number.isNaN)).toEqual(x.map(Number.isNaN));
  });

  it('keeps tiny arguments to the last bit where the function is the identity there', () => {
    const tiny = Float32Array.from([1e-45, -1e-45, 1e-39, -3e-38, 1e-20]);
    expect(apply('tanh', tiny)).toEqual(tiny);
    expect(apply('erf', Float32Array.from([1e-20]))[0]).toBeCloseTo(1.12837916709551e-20, 27);
  });
});
