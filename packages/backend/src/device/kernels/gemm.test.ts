import { toFloat32, toHalves } from '@sheep/core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { multiply, multiplyPacked, packB, packedWords, type Operand, type Precision, type Product } from './gemm.js';
import { benches, openBench, waves, type KernelBench } from './kernels.fixture.js';

const GAP = 3;

interface Case {
  readonly m: number;
  readonly n: number;
  readonly k: number;
  readonly batch?: number;
  readonly transposeA?: boolean;
  readonly transposeB?: boolean;
  /** Floats between neighbors of a row of A and B. */
  readonly spread?: number;
  /** One B for the whole batch. */
  readonly sharedB?: boolean;
  readonly bias?: boolean;
  readonly alpha?: number;
  readonly add?: boolean;
  readonly valuesA?: Float32Array;
  readonly valuesB?: Float32Array;
  readonly precision?: Precision;
}

/** As a product of that precision reads values; toHalves is held to PyTorch. */
function factors(values: Float32Array, precision: Precision | undefined): Float32Array {
  if (precision !== 'bf16') return values;
  const words = toHalves(values, 'BF16');
  return toFloat32({ dtype: 'BF16', shape: [values.length], data: words });
}

function operand(rows: number, columns: number, transposed: boolean, spread: number): Omit<Operand, 'ref'> {
  const [rowStride, columnStride] = transposed ? [spread, rows * spread] : [columns * spread, spread];
  return { rowStride, columnStride, batchStride: rows * columns * spread };
}

/** The values of a case, and the product in double with the size of what was summed for each output. */
function prepare(one: Case) {
  const {
    m,
    n,
    k,
    batch = 1,
    transposeA = false,
    transposeB = false,
    spread = 1,
    sharedB = batch === 1,
    alpha = 1,
  } = one;
  const a = operand(m, k, transposeA, spread);
  const b = { ...operand(k, n, transposeB, spread), ...(sharedB ? { batchStride: 0 } : {}) };
  const c = { rowStride: n + GAP, batchStride: m * (n + GAP) };
  const values = {
    a: one.valuesA ?? waves(batch * m * k * spread),
    b: one.valuesB ?? waves((sharedB ? 1 : batch) * k * n * spread, 1, 5),
    c: one.add ? waves(batch * c.batchStride, 1, 9) : new Float32Array(batch * c.batchStride).fill(NaN),
    bias: waves(n, 1, 2),
  };
  const [left, right] = [values.a, values.b].map((given) => factors(given, one.precision));
  const expected = Float64Array.from(values.c);
  const sizes = new Float64Array(expected.length);
  for (let z = 0; z < batch; z += 1) {
    for (let i = 0; i < m; i += 1) {
      for (let j = 0; j < n; j += 1) {
        let [sum, size] = [0, 0];
        for (let t = 0; t < k; t += 1) {
          const factor = left[z * a.batchStride + i * a.rowStride + t * a.columnStride];
          const term = factor * right[z * b.batchStride + t * b.rowStride + j * b.columnStride];
          [sum, size] = [sum + term, size + Math.abs(term)];
        }
        const place = z * c.batchStride + i * c.rowStride + j;
        const added = (one.bias ? values.bias[j] : 0) + (one.add ? values.c[place] : 0);
        expected[place] = alpha * sum + added;
        sizes[place] = Math.abs(alpha) * size + Math.abs(added);
      }
    }
  }
  return { a, b, c, values, expected, sizes };
}

/** What the kernels make of a case: all of C, the gaps between its rows included. */
function compute(bench: KernelBench, one: Case, prepared = prepare(one)): Float32Array {
  const { a, b, c, values } = prepared;
  const cRef = bench.put(values.c);
  const product: Product = {
    ...one,
    a: { ...a, ref: bench.put(values.a) },
    b: { ...b, ref: bench.put(values.b) },
    c: { ...c, ref: cRef },
    bias: one.bias ? bench.put(values.bias) : undefined,
  };
  multiply(bench, product, bench.room(packedWords(product)));
  return bench.read(cRef, values.c.length);
}

/** The largest error, of what was summed; infinite where a gap or what is not finite differs. */
function productError(bench: KernelBench, one: Case): number {
  const prepared = prepare(one);
  const got = compute(bench, one, prepared);
  return got.reduce((worst, value, place) => {
    const want = prepared.expected[place];
    const inGap = place % prepared.c.rowStride >= one.n;
    if (value === want || (Number.isNaN(value) && Number.isNaN(want))) return worst;
    return inGap || !Number.isFinite(want) ? Infinity : Math.max(worst, Math.abs(value - want) / prepared.sizes[place]);
  }, 0);
}

// Sums of at most 256 terms in float32, and sums of those.
const ROUNDING = 2e-6;

const transposes = [
  { transposeA: false, transposeB: false },
  { transposeA: false, transposeB: true },
  { transposeA: true, transposeB: false },
  { transposeA: true, transposeB: true },
];

describe.each(benches)('matrix product: $build, $threads threads', (options) => {
  let bench: KernelBench;
  beforeAll(async () => {
    bench = await openBench(options);
  });
  afterAll(() => bench.close());

  describe.each(transposes)('transposed A $transposeA, B $transposeB', (transpose) => {
    it.each([
      [1, 1, 1],
      [2, 16, 4],
      [3, 17, 5],
      [7, 65, 33],
      [1, 64, 257],
      [33, 1, 300],
      [13, 31, 521],
      [97, 131, 64],
      [130, 600, 20],
    ])('%i x %i from %i', (m, n, k) => {
      expect(productError(bench, { m, n, k, ...transpose })).toBeLessThan(ROUNDING);
      expect(productError(bench, { m, n, k, ...transpose, bias: true, add: true, alpha: -0.7 })).toBeLessThan(ROUNDING);
    });

    it.each([
      [1, 1, 1],
      [3, 17, 5],
      [7, 65, 34],
      [33, 1, 1100],
      [97, 131, 521],
    ])('%i x %i from %i, of bf16', (m, n, k) => {
      const one: Case = { m, n, k, ...transpose, precision: 'bf16' };
      expect(productError(bench, one)).toBeLessThan(ROUNDING);
      expect(productError(bench, { ...one, bias: true, add: true, alpha: -0.7 })).toBeLessThan(ROUNDING);
      expect(productError(bench, { ...one, batch: 2, spread: 3 })).toBeLessThan(ROUNDING);
    });

    it('of a batch, with a B for each and with one for all', () => {
      expect(productError(bench, { m: 5, n: 19, k: 23, batch: 3, ...transpose, add: true })).toBeLessThan(ROUNDING);
      expect(
        productError(bench, { m: 5, n: 19, k: 23, batch: 3, ...transpose, sharedB: true, bias: true }),
      ).toBeLessThan(ROUNDING);
    });

    it('of matrices whose floats are not neighbors', () => {
      expect(productError(bench, { m: 9, n: 21, k: 270, ...transpose, spread: 3 })).toBeLessThan(ROUNDING);
    });

    it('takes a large product to the same bits as its rows and columns alone', () => {
      const one = { m: 200, n: 384, k: 300, ...transpose };
      const prepared = prepare(one);
      const all = compute(bench, one, prepared);
      const { a, b, values } = prepared;
      const row = Float32Array.from({ length: one.k }, (_, t) => values.a[150 * a.rowStride + t * a.columnStride]);
      const column = Float32Array.from({ length: one.k }, (_, t) => values.b[t * b.rowStride + 333 * b.columnStride]);
      const single = compute(bench, { m: 1, n: 1, k: one.k, valuesA: row, valuesB: column });
      expect(single[0]).toBe(all[150 * (one.n + GAP) + 333]);
    });
  });

  it('sums nothing to the bias, to zero, or to what was there', () => {
    expect(productError(bench, { m: 3, n: 18, k: 0, bias: true })).toBeLessThan(ROUNDING);
    expect(productError(bench, { m: 3, n: 18, k: 0 })).toBeLessThan(ROUNDING);
    expect(productError(bench, { m: 3, n: 18, k: 0, add: true })).toBeLessThan(ROUNDING);
  });

  it.each(['f32', 'bf16'] as const)('has the same bits however finely it is cut, of %s', (precision) => {
    const one: Case = { m: 200, n: 330, k: 700, transposeA: true, bias: true, precision };
    const prepared = prepare(one);
    const [finely, ...others] = [8, 1, 2].map((threads) => {
      bench.threads = threads;
      return compute(bench, one, prepared);
    });
    bench.threads = 8;
    for (const other of others) expect(other).toEqual(finely);
  });

  it.each(['f32', 'bf16'] as const)('sums the columns of B on the way, of %s', (precision) => {
    const [m, n, k] = [5, 83, 331];
    const { a, b, c, values } = prepare({ m, n, k });
    const sums = bench.room(n);
    const place = { a: { ...a, ref: bench.put(values.a) }, b: { ...b, ref: bench.put(values.b) } };
    const product: Product = { m, n, k, ...place, c: { ...c, ref: bench.put(values.c) }, sums, precision };
    multiply(bench, product, bench.room(packedWords(product)));
    const right = factors(values.b, precision);
    bench.read(sums, n).forEach((sum, j) => {
      const column = Array.from({ length: k }, (_, t) => right[t * n + j]);
      const size = column.reduce((all, value) => all + Math.abs(value), 0);
      expect(Math.abs(sum - column.reduce((all, value) => all + value, 0)) / size).toBeLessThan(ROUNDING);
    });
  });

  it('leaves everything alone where C is empty', () => {
    for (const sizes of [
      [0, 4],
      [4, 0],
    ])
      expect(productError(bench, { m: sizes[0], n: sizes[1], k: 5 })).toBeLessThan(ROUNDING);
    expect(productError(bench, { m: 4, n: 4, k: 5, batch: 0 })).toBeLessThan(ROUNDING);
  });

  it('keeps NaN and infinity where a plain product has them, and only there', () => {
    const [m, n, k] = [5, 18, 9];
    const [valuesA, valuesB] = [waves(m * k), waves(k * n, 1, 5)];
    valuesA[1 * k + 2] = Infinity;
    valuesA[3 * k + 4] = 0;
    valuesB[4 * n + 17] = NaN;
    valuesB[4 * n + 3] = -Infinity;
    valuesB[2 * n + 6] = 0;
    expect(productError(bench, { m, n, k, valuesA, valuesB })).toBeLessThan(ROUNDING);
  });

  it('goes to the ends of float32 as its terms do', () => {
    const overflow = { m: 1, n: 1, k: 1, valuesA: Float32Array.of(1e30), valuesB: Float32Array.of(-1e9) };
    expect(compute(bench, overflow)[0]).toBe(-Infinity);
    // The sum overflows before its third term comes; in double it is 3e38.
    const overflown = {
      m: 1,
      n: 1,
      k: 3,
      valuesA: Float32Array.of(3e38, 3e38, -3e38),
      valuesB: Float32Array.of(1, 1, 1),
    };
    expect(compute(bench, overflown)[0]).toBe(Infinity);
    const ends = { m: 3, n: 2, k: 1, valuesA: Float32Array.of(3e38, -3e38, 1e-40), valuesB: Float32Array.of(1, -1) };
    expect(productError(bench, ends)).toBeLessThan(ROUNDING);
  });

  it('multiplies by one packed B as often as wanted', () => {
    const { a, b, c, values } = prepare({ m: 6, n: 20, k: 11 });
    const sizes = { n: 20, k: 11, b: { ...b, ref: bench.put(values.b) } };
    const packed = bench.room(packedWords(sizes));
    packB(bench, sizes, packed);
    for (const rows of [1, 6]) {
      const out = bench.put(values.c);
      const product = { ...sizes, m: rows, a: { ...a, ref: bench.put(values.a) }, c: { ...c, ref: out } };
      multiplyPacked(bench, product, packed);
      const whole = compute(bench, { m: 6, n: 20, k: 11 });
      expect(bench.read(out, rows * c.rowStride)).toEqual(whole.slice(0, rows * c.rowStride));
    }
  });
});

describe('matrix product on any number of threads', () => {
  it('gives the same bits', async () => {
    const cases: Case[] = [
      { m: 130, n: 200, k: 700, bias: true },
      { m: 96, n: 128, k: 1500, transposeA: true, add: true },
      { m: 150, n: 70, k: 500, transposeB: true, batch: 2 },
    ];
    const results: Float32Array[][] = [];
    for (const threads of [1, 2, 3, 4, 7]) {
      const bench = await openBench({ build: 'relaxed-threads', threads });
      results.push(cases.map((one) => compute(bench, one)));
      await bench.close();
    }
    for (const result of results.slice(1)) expect(result).toEqual(results[0]);
  });
});
