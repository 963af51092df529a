import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { benches, deviation, openBench, torchCases, waves, type KernelBench } from './kernels.fixture.js';

interface Settings {
  readonly learningRate: number;
  readonly betas: readonly [number, number];
  readonly epsilon: number;
  readonly scale: number;
}

interface Parameter {
  readonly values: readonly [param: number, grad: number, first: number, second: number];
  readonly count: number;
  readonly decay: number;
}

const settings: Settings = { learningRate: 0.01, betas: [0.9, 0.99], epsilon: 1e-8, scale: 0.5 };

/** The first step in units of the learning rate: m / sqrt(v), corrected, is the sign of the gradient but for epsilon. */
const sign = (grad: number) => grad / (Math.abs(grad) + settings.epsilon / settings.scale);

describe.each(benches)('adamw: $build, $threads threads', (options) => {
  let bench: KernelBench;
  beforeAll(async () => {
    bench = await openBench(options);
  });
  afterAll(() => bench.close());

  const parameter = (values: ArrayLike<number>, decay: number): Parameter => {
    const zeros = new Float32Array(values.length);
    const refs = [values, zeros, zeros, zeros].map((one) => bench.put(one));
    return { values: refs as unknown as Parameter['values'], count: values.length, decay };
  };

  /** The tables of the kernel: start and length of each parameter in their common range, then 4 places and a float. */
  const putTable = (parameters: readonly Parameter[]) => {
    const [spans, words] = [2, 5].map((count) => new Int32Array(parameters.length * count));
    let start = 0;
    parameters.forEach(({ values, count, decay }, i) => {
      spans.set([start, count], i * 2);
      words.set(values, i * 5);
      new Float32Array(words.buffer)[i * 5 + 4] = decay;
      start += Math.ceil(count / 16) * 16;
    });
    return { tables: [spans, words].map((one) => bench.putInts(one)), total: start };
  };

  const update = (parameters: readonly Parameter[], step: number, norm: number, options = settings) => {
    const { learningRate, betas, epsilon, scale } = options;
    const { tables, total } = putTable(parameters);
    const correction = Math.sqrt(1 - betas[1] ** step);
    const rate = (learningRate * correction) / (1 - betas[0] ** step);
    const floats = [learningRate, 1 - betas[0], 1 - betas[1], rate, epsilon * correction];
    const ints = [...tables, bench.put([scale]), bench.put([norm]), parameters.length, total];
    bench.run('adamw', ints, floats, Math.ceil(total / 16384));
  };

  const withGrad = (old: Parameter, grad: ArrayLike<number>): Parameter => {
    const [param, , first, second] = old.values;
    return { ...old, values: [param, bench.put(grad), first, second] };
  };
  const state = ({ values: [param, , first, second], count }: Parameter) =>
    [param, first, second].map((ref) => bench.read(ref, count));

  it.each(torchCases('adamwUpdate'))('agrees with PyTorch on $name', (torch) => {
    const names = ['deep', 'matrix', 'one', 'vector'].filter((name) => torch.has(`in/params/${name}`));
    const options = torch.attributes as unknown as Settings & { weightDecay: number };
    let parameters = names.map((name) => {
      const decay = torch.shape(`in/params/${name}`).length >= 2 ? options.weightDecay : 0;
      return parameter(torch.values(`in/params/${name}`), decay);
    });
    for (const step of [1, 2, 3]) {
      parameters = parameters.map((one, i) => withGrad(one, torch.values(`in/grads/${step}/${names[i]}`)));
      update(parameters, step, 1, options);
      parameters.forEach((one, i) => {
        const expected = ['', 'm/', 'v/'].map((kind) => torch.values(`out/${step}/${kind}${names[i]}`));
        state(one).forEach((values, kind) => expect(deviation(values, expected[kind])).toBeLessThan(2e-6));
      });
    }
  });

  it('changes every value once, whatever the sizes and however blocks cut them', () => {
    const counts = [1, 3, 16384, 5, 40_001, 7, 128, 16_379, 2];
    const parameters = counts.map((count, i) => withGrad(parameter(waves(count), i / 10), waves(count, 1, i)));
    const before = parameters.map((one) => state(one)[0]);
    update(parameters, 1, 1);
    parameters.forEach((one, i) => {
      const grad = waves(one.count, 1, i);
      const expected = before[i].map((x, j) => x * (1 - 0.01 * one.decay) - 0.01 * sign(grad[j]));
      const [param, first, second] = state(one);
      expect(deviation(param, expected)).toBeLessThan(1e-6);
      expect(
        deviation(
          first,
          grad.map((g) => 0.05 * g),
        ),
      ).toBeLessThan(1e-6);
      expect(
        deviation(
          second,
          grad.map((g) => 0.0025 * g * g),
        ),
      ).toBeLessThan(1e-6);
    });
  });

  it.each([NaN, Infinity, -Infinity])('changes no bit where the norm is %d', (norm) => {
    const one = withGrad(parameter([1, -0, 3, 4, 5], 0.1), [1, NaN, Infinity, 2, 3]);
    update([one], 1, norm);
    const [param, first, second] = state(one);
    expect(Array.from(param)).toEqual([1, -0, 3, 4, 5]);
    expect([...first, ...second]).toEqual(Array(10).fill(0));
  });

  it('counts a gradient that is not finite as 0 where the norm is finite', () => {
    const one = withGrad(parameter([1, 1, 1, 1], 0), [NaN, Infinity, -Infinity, 0]);
    update([one], 1, 1);
    expect(state(one).map((values) => Array.from(values))).toEqual([
      [1, 1, 1, 1],
      [0, 0, 0, 0],
      [0, 0, 0, 0],
    ]);
  });
});

describe.each(benches)('global norm: $build, $threads threads', (options) => {
  let bench: KernelBench;
  beforeAll(async () => {
    bench = await openBench(options);
  });
  afterAll(() => bench.close());

  it.each([1, 2, 5, 1000])('is the root of the sum of %i partial sums', (count) => {
    const partials = waves(count).map(Math.abs);
    const norm = bench.room(1);
    bench.run('global_norm', [bench.put(partials), norm, count], [], 1);
    const exact = Math.fround(Math.sqrt(partials.reduce((sum, x) => sum + x, 0)));
    expect(Math.abs(bench.read(norm, 1)[0] / exact - 1)).toBeLessThan(1e-6);
  });

  it.each(torchCases('globalNorm'))('agrees with PyTorch on $name, from sums of squares', (torch) => {
    const inputs = [0, 1, 2, 3].filter((i) => torch.has(`in/${i}`)).map((i) => torch.values(`in/${i}`));
    const sums = inputs.map((values) => values.reduce((sum, x) => sum + x * x, 0));
    const norm = bench.room(1);
    bench.run('global_norm', [bench.put(sums), norm, sums.length], [], 1);
    expect(deviation(bench.read(norm, 1), torch.values('out/norm'))).toBeLessThan(1e-6);
  });

  it.each([Infinity, NaN])('is not finite where a partial sum is %d', (sum) => {
    const norm = bench.room(1);
    bench.run('global_norm', [bench.put([1, sum, 2]), norm, 3], [], 1);
    expect(bench.read(norm, 1)[0]).toBe(sum);
  });
});
