import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { benches, deviation, openBench, torchCases, waves, type KernelBench } from './kernels.fixture.js';

const EPSILON = 1e-5;
const mean = (row: readonly number[]) => row.reduce((sum, x) => sum + x, 0) / row.length;

interface Norm {
  readonly x: ArrayLike<number>;
  readonly dy: ArrayLike<number>;
  readonly gain: ArrayLike<number>;
  readonly shift?: ArrayLike<number>;
  readonly width: number;
  readonly centered: boolean;
}

/** In double: values, and gradients by the chain rule through mean and variance, step by step. */
function reference({ x, dy, gain, shift, width, centered }: Norm) {
  const [y, dx, dgain, dshift] = [[], [], Array<number>(width).fill(0), Array<number>(width).fill(0)] as number[][];
  for (let start = 0; start < x.length; start += width) {
    const row = Array.from({ length: width }, (_, i) => x[start + i]);
    const shifted = centered ? row.map((value) => value - mean(row)) : row;
    const variance = mean(shifted.map((value) => value * value)) + EPSILON;
    const dn = row.map((_, i) => dy[start + i] * gain[i]);
    const dVariance = -0.5 * variance ** -1.5 * dn.reduce((sum, d, i) => sum + d * shifted[i], 0);
    const dShifted = dn.map((d, i) => d / Math.sqrt(variance) + (2 * shifted[i] * dVariance) / width);
    dx.push(...(centered ? dShifted.map((d) => d - mean(dShifted)) : dShifted));
    shifted.forEach((value, i) => {
      const normal = value / Math.sqrt(variance);
      y.push(normal * gain[i] + (shift?.[i] ?? 0));
      dgain[i] += dy[start + i] * normal;
      dshift[i] += dy[start + i];
    });
  }
  return { y, dx, dgain, dshift };
}

describe.each(benches)('layer norm and RMS norm: $build, $threads threads', (options) => {
  let bench: KernelBench;
  beforeAll(async () => {
    bench = await openBench(options);
  });
  afterAll(() => bench.close());

  const compute = ({ x, dy, gain, shift, width, centered }: Norm, blockRows: number) => {
    const rows = x.length / width;
    const blocks = Math.ceil(rows / blockRows);
    const [xs, gains, notes] = [bench.put(x), bench.put(gain), bench.room(2 * rows)];
    const [y, dx, dgain, dshift] = [x.length, x.length, width, width].map((count) => bench.room(count));
    const partials = bench.room(2 * blocks * width);
    const sizes = [rows, width, blockRows, centered ? 1 : 0];
    bench.run('norm', [xs, gains, shift ? bench.put(shift) : 0, y, notes, ...sizes], [EPSILON], blocks);
    bench.run('norm_gradient', [bench.put(dy), xs, gains, notes, dx, partials, ...sizes], [], blocks);
    bench.run('norm_parameters', [partials, dgain, shift ? dshift : 0, blocks, width], [], Math.ceil(width / 256));
    return {
      y: bench.read(y, x.length),
      dx: bench.read(dx, x.length),
      dgain: bench.read(dgain, width),
      dshift: bench.read(dshift, width),
    };
  };

  it.each([
    [1, 1],
    [3, 2],
    [2, 3],
    [33, 5],
    [1, 64],
    [40, 127],
    [64, 128],
    [7, 300],
    [3, 4099],
  ])('%i rows of %i', (rows, width) => {
    for (const centered of [true, false]) {
      const x = waves(rows * width, 2).map((value) => value + 0.7);
      const dy = waves(rows * width, 1, 40);
      const gain = waves(width, 1, 3).map((value) => value + 1.5);
      const norm = { x, dy, gain, shift: centered ? waves(width, 1, 9) : undefined, width, centered };
      const [computed, exact] = [compute(norm, 32), reference(norm)];
      // Rows of few values that happen to be near one another lose digits. Over one value a norm is all but constant,
      // over two a layer norm: their gradients are differences of equal numbers.
      const results = [
        'y',
        'dgain',
        ...(width > 2 ? ['dx'] : []),
        ...(centered ? ['dshift'] : []),
      ] as (keyof typeof exact)[];
      const deviations = results.map((name) => deviation(computed[name], exact[name]));
      expect(Math.max(...deviations)).toBeLessThan(width < 4 ? 1e-5 : 2e-6);
    }
  });

  it('gives 0 and the shift for a layer norm over one value', () => {
    const norm = { x: [5, -3], dy: [1, 2], gain: [2], shift: [7], width: 1, centered: true };
    const { y, dx, dgain, dshift } = compute(norm, 1);
    expect([...y, ...dx, ...dgain, ...dshift]).toEqual([7, 7, 0, 0, 0, 3]);
  });

  it.each(['layerNorm', 'rmsNorm'].flatMap(torchCases))('agrees with PyTorch on $name', (torch) => {
    const [x, dy, gain] = ['in/x', 'dy', 'in/gain'].map((key) => torch.values(key));
    const shift = torch.has('in/shift') ? torch.values('in/shift') : undefined;
    const computed = compute({ x, dy, gain, shift, width: gain.length, centered: shift !== undefined }, 2);
    const expected = { y: 'out/y', dx: 'grad/x', dgain: 'grad/gain', ...(shift && { dshift: 'grad/shift' }) };
    const deviations = Object.entries(expected).map(([name, key]) =>
      deviation(computed[name as keyof typeof computed], torch.values(key)),
    );
    expect(Math.max(...deviations)).toBeLessThan(2e-6);
  });

  it('does not lose a small spread around a large mean', () => {
    const x = waves(64, 1).map((value) => 4096 + value);
    const norm = { x, dy: waves(64, 1, 5), gain: x.map(() => 1), width: 64, centered: true };
    expect(deviation(compute(norm, 32).y, reference(norm).y)).toBeLessThan(1e-3);
  });

  it('writes only what is asked for', () => {
    const [x, gain, notes, dx] = [bench.put([1, 2, 4]), bench.put([1, 1, 1]), bench.room(2), bench.room(3)];
    bench.run('norm', [x, gain, 0, bench.room(3), notes, 1, 3, 1, 1], [EPSILON], 1);
    bench.run('norm_gradient', [x, x, gain, notes, dx, 0, 1, 3, 1, 1], [], 1);
    expect(bench.read(dx, 3).every(Number.isFinite)).toBe(true);
    const partials = bench.room(6);
    bench.run('norm_gradient', [x, x, gain, notes, 0, partials, 1, 3, 1, 1], [], 1);
    expect(Array.from(bench.read(partials, 6).subarray(3))).toEqual([1, 2, 4]);
  });

  it('keeps what is not a number in its own row', () => {
    const x = [1, 2, 3, 4, 5, NaN, 2, 3, 4, 5, 6, 7, Infinity, 3, 1];
    const { y } = compute(
      { x, dy: x.map(() => 1), gain: [1, 1, 1, 1, 1], shift: [0, 0, 0, 0, 0], width: 5, centered: true },
      1,
    );
    expect(Array.from(y.subarray(0, 5), Number.isFinite)).toEqual([true, true, true, true, true]);
    expect(Array.from(y.subarray(5), Number.isNaN)).toEqual(Array(10).fill(true));
  });
});
