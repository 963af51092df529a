import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { benches, deviation, openBench, torchCases, waves, type KernelBench } from './kernels.fixture.js';

/** In double. The gradient from the Jacobian: dx_j = sum over i of dy_i y_i (delta_ij - y_j). */
function reference(x: ArrayLike<number>, dy: ArrayLike<number>, width: number) {
  const [y, dx]: number[][] = [[], []];
  for (let start = 0; start < x.length; start += width) {
    const row = Array.from({ length: width }, (_, i) => x[start + i]);
    const most = row.reduce((a, b) => Math.max(a, b));
    const raised = row.map((value) => Math.exp(value - most));
    const total = raised.reduce((a, b) => a + b);
    const shares = raised.map((value) => value / total);
    y.push(...shares);
    dx.push(
      ...shares.map((yj, j) => shares.reduce((sum, yi, i) => sum + dy[start + i] * yi * ((i === j ? 1 : 0) - yj), 0)),
    );
  }
  return { y, dx };
}

describe.each(benches)('softmax: $build, $threads threads', (options) => {
  let bench: KernelBench;
  beforeAll(async () => {
    bench = await openBench(options);
  });
  afterAll(() => bench.close());

  const compute = (x: ArrayLike<number>, dy: ArrayLike<number>, width: number, blockRows = 2) => {
    const rows = x.length / width;
    const [y, dx] = [bench.room(x.length), bench.room(x.length)];
    bench.run('softmax', [bench.put(x), y, rows, width, blockRows], [], Math.ceil(rows / blockRows));
    bench.run('softmax_gradient', [bench.put(dy), y, dx, rows, width, blockRows], [], Math.ceil(rows / blockRows));
    return { y: bench.read(y, x.length), dx: bench.read(dx, x.length) };
  };

  it.each([
    [1, 1],
    [5, 2],
    [3, 3],
    [7, 4],
    [2, 9],
    [9, 65],
    [2, 1003],
  ])('%i rows of %i', (rows, width) => {
    const [x, dy] = [waves(rows * width, 6), waves(rows * width, 1, 7)];
    const [computed, exact] = [compute(x, dy, width), reference(x, dy, width)];
    expect(deviation(computed.y, exact.y)).toBeLessThan(1e-6);
    expect(deviation(computed.dx, exact.dx)).toBeLessThan(1e-6);
  });

  it.each(torchCases('softmax'))('agrees with PyTorch on $name', (torch) => {
    const width = torch.shape('in/x').at(-1)!;
    const { y, dx } = compute(torch.values('in/x'), torch.values('dy'), width);
    expect(deviation(y, torch.values('out/y'))).toBeLessThan(1e-6);
    expect(deviation(dx, torch.values('grad/x'))).toBeLessThan(1e-6);
  });

  it('is safe for large values, and gives masked places nothing', () => {
    const x = [3e38, 3e38, -Infinity, -3e38, 0, -200, -Infinity, 1];
    const { y, dx } = compute(x, [1, 2, 3, 4, 5, 6, 7, 8], 4);
    const e = Math.exp(-1);
    expect(deviation(y, [0.5, 0.5, 0, 0, e / (1 + e), 0, 0, 1 / (1 + e)])).toBeLessThan(2e-7);
    expect(y[2] + y[3] + y[6] + dx[2] + dx[3] + dx[6]).toBe(0);
  });

  it('makes a row NaN that has NaN or infinity, or -infinity alone, and no other', () => {
    const x = [1, NaN, 3, NaN, 2, 1, Infinity, 2, 3, -Infinity, -Infinity, -Infinity, 1, 1, 1];
    const { y } = compute(
      x,
      x.map(() => 1),
      3,
      1,
    );
    expect(Array.from(y.subarray(0, 12), Number.isNaN)).toEqual(Array(12).fill(true));
    expect(deviation(y.subarray(12), [1 / 3, 1 / 3, 1 / 3])).toBeLessThan(1e-7);
  });
});
