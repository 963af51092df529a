import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { benches, deviation, openBench, torchCases, waves, type KernelBench } from './kernels.fixture.js';

const BLOCK = 16384;
const ROOT = Math.sqrt(2 / Math.PI);

const logistic = (x: number) => 1 / (1 + Math.exp(-x));
const geluTanh = (x: number) => 0.5 * x * (1 + Math.tanh(ROOT * (x + 0.044715 * x ** 3)));
const geluTanhSlope = (x: number) => {
  const tanh = Math.tanh(ROOT * (x + 0.044715 * x ** 3));
  return 0.5 * (1 + tanh) + 0.5 * x * (1 - tanh * tanh) * ROOT * (1 + 3 * 0.044715 * x * x);
};

const density = (x: number) => Math.exp(-x * x * 0.5) / Math.sqrt(2 * Math.PI);

/** By Simpson's rule over the density. */
function normalCumulative(x: number): number {
  const steps = 2000;
  let sum = density(0) + density(x);
  for (let i = 1; i < steps; i += 1) sum += density((x * i) / steps) * (i % 2 === 0 ? 2 : 4);
  return 0.5 + (sum * x) / steps / 3;
}

const formulas = {
  gelu_tanh: { value: geluTanh, slope: geluTanhSlope },
  gelu_erf: {
    value: (x: number) => x * normalCumulative(x),
    slope: (x: number) => normalCumulative(x) + x * density(x),
  },
  silu: {
    value: (x: number) => x * logistic(x),
    slope: (x: number) => logistic(x) * (1 + x * (1 - logistic(x))),
  },
};
type Name = keyof typeof formulas;
const names = Object.keys(formulas) as Name[];

describe.each(benches)('activations: $build, $threads threads', (options) => {
  let bench: KernelBench;
  beforeAll(async () => {
    bench = await openBench(options);
  });
  afterAll(() => bench.close());

  const values = (name: Name, x: ArrayLike<number>) => {
    const y = bench.room(x.length);
    bench.run(`pointwise_${name}`, [bench.put(x), y, x.length], [], Math.ceil(x.length / BLOCK));
    return bench.read(y, x.length);
  };
  const gradient = (name: Name, dy: ArrayLike<number>, x: ArrayLike<number>) => {
    const dx = bench.room(x.length);
    const args = [bench.put(dy), bench.put(x), dx, x.length];
    bench.run(`pointwise_${name}_gradient`, args, [], Math.ceil(x.length / BLOCK));
    return bench.read(dx, x.length);
  };

  it.each(names)('%s and its gradient are the formula, from -6 to 6', (name) => {
    const x = Float32Array.from({ length: 1201 }, (_, i) => (i - 600) / 100);
    const dy = waves(x.length, 2);
    const { value, slope } = formulas[name];
    expect(deviation(values(name, x), Array.from(x, value))).toBeLessThan(2e-7);
    expect(
      deviation(
        gradient(name, dy, x),
        Array.from(x, (one, i) => dy[i] * slope(one)),
      ),
    ).toBeLessThan(3e-7);
  });

  it.each(
    names.flatMap((name) => {
      const [op, form] = name.split('_');
      const cases = torchCases(op).filter(({ attributes }) => attributes.approximate === form);
      return cases.map((torch) => ({ name, torch, title: torch.name }));
    }),
  )('$name agrees with PyTorch on $title', ({ name, torch }) => {
    const x = torch.values('in/x');
    expect(deviation(values(name, x), torch.values('out/y'))).toBeLessThan(5e-7);
    expect(deviation(gradient(name, torch.values('dy'), x), torch.values('grad/x'))).toBeLessThan(5e-7);
  });

  it.each([1, 2, 3, 5, 7, BLOCK - 1, BLOCK, BLOCK + 1, 2 * BLOCK + 5])('%i values, each of them', (count) => {
    const x = waves(count, 4);
    expect(deviation(values('silu', x), Array.from(x, formulas.silu.value))).toBeLessThan(2e-7);
    expect(
      deviation(
        gradient(
          'silu',
          x.map(() => 1),
          x,
        ),
        Array.from(x, formulas.silu.slope),
      ),
    ).toBeLessThan(3e-7);
  });

  it.each(names)('%s at the ends: large values, infinities, NaN', (name) => {
    const x = Float32Array.from([0, 3e38, -3e38, 1e4, -1e4, Infinity, -Infinity, NaN]);
    // x times a gate that is 0: NaN at -infinity, as in PyTorch.
    expect(Array.from(values(name, x), (y) => y + 0)).toEqual([0, x[1], 0, 1e4, 0, Infinity, NaN, NaN]);
    expect(
      Array.from(
        gradient(
          name,
          x.map(() => 1),
          x,
        ),
        (y) => y + 0,
      ),
    ).toEqual([0.5, 1, 0, 1, 0, 1, 0, NaN]);
  });
});
