import { fillNormal, randomWord, streamOf } from '@sheep/core';
import { dispose, tensor, type Tensor } from '@tensorflow/tfjs-core';
import { readAll, runOp, type OpCall } from './run-op.js';
import { rungs, type InputShape, type Rung, type Sizes } from './rungs.js';

/** An op at one size and with one kind of values. */
export interface LadderCase {
  /** As in `attention, extreme values`. */
  readonly name: string;
  /** Values and gradients, computed on the backend in use. */
  readonly run: () => Promise<Map<string, Float32Array>>;
}

/** An op at a size of the bench. */
export interface LadderTiming {
  readonly name: string;
  readonly configuration: 'nano' | 'wiki';
  /** Floating-point operations of a forward and backward pass; undefined where the bytes count. */
  readonly operations: number | undefined;
  readonly bytes: number | undefined;
  /** Makes the inputs on the backend in use. A step runs forward and backward, and reads nothing. */
  readonly prepare: () => { step: () => void; dispose: () => void };
}

type Change = (values: Float32Array, name: string) => void;

const sizeOf = (shape: readonly number[]): number => shape.reduce((a, b) => a * b, 1);

/** An input that is a function of its name and sizes alone. */
function inputOf(name: string, input: InputShape, change: Change): Tensor {
  const key = { seed: 7, stream: streamOf(`ladder/${name}`), step: 0 };
  if ('below' in input) {
    const ids = Int32Array.from({ length: sizeOf(input.shape) }, (_, i) => randomWord(key, i) % input.below);
    return tensor(ids, input.shape, 'int32');
  }
  const { shape, deviation } = 'deviation' in input ? input : { shape: [...input], deviation: 1 };
  const values = fillNormal(key, new Float32Array(sizeOf(shape)), deviation);
  change(values, name);
  return tensor(values, shape);
}

/** `change` alters what the floats among the inputs hold. */
function callOf(
  { op, attributes = {}, wanted, inputs, output }: Rung,
  sizes: Sizes,
  change: Change = () => {},
): OpCall {
  const made = Object.entries(inputs(sizes)).map(([name, input]) => [name, inputOf(name, input, change)] as const);
  // Not all the same, or what a normalization takes away would be all there is.
  const dy = inputOf('dy', output(sizes), () => {});
  return { op, attributes, wanted, inputs: Object.fromEntries(made), dy };
}

async function compute(rung: Rung, sizes: Sizes, change?: Change): Promise<Map<string, Float32Array>> {
  const call = callOf(rung, sizes, change);
  const values = await readAll(runOp(call));
  dispose([call.inputs, call.dy]);
  return values;
}

const scaled =
  (by: number): Change =>
  (values) => {
    for (let i = 0; i < values.length; i += 1) values[i] *= by;
  };

/** The rows of activations get a NaN and an infinity; parameters stay as they are. */
const withNonFinite: Change = (values, name) => {
  if (!['x', 'qkv', 'hidden'].includes(name)) return;
  values[0] = Number.NaN;
  values[values.length - 1] = Number.POSITIVE_INFINITY;
};

const SIZES = ['odd sizes', 'size 1', 'empty', 'large'] as const;

function describe({ op, attributes = {} }: Rung): string {
  const { approximate, activation, dropout } = attributes;
  const variants = [approximate, activation, dropout && op !== 'dropout' ? 'with dropout' : undefined];
  return [op, ...variants.filter((variant) => typeof variant === 'string')].join(' ');
}

function casesOf(rung: Rung): LadderCase[] {
  const [odd] = rung.checked;
  const one = (kind: string, sizes: Sizes, change?: Change): LadderCase => ({
    name: `${describe(rung)}, ${kind}`,
    run: () => compute(rung, sizes, change),
  });
  return [
    ...rung.checked.map((sizes, i) => one(SIZES[i], sizes)),
    one('large values', odd, scaled(rung.large ?? 1e4)),
    one('tiny values', odd, scaled(1e-12)),
    one('non-finite values', odd, withNonFinite),
  ];
}

function timingOf(rung: Rung, configuration: 'nano' | 'wiki'): LadderTiming {
  const sizes = rung.timed[configuration];
  return {
    name: describe(rung),
    configuration,
    operations: rung.operations?.(sizes),
    bytes: rung.bytes?.(sizes),
    prepare() {
      const call = callOf(rung, sizes);
      return {
        step: () => dispose(runOp(call)),
        dispose: () => dispose([call.inputs, call.dy]),
      };
    },
  };
}

/**
 * Every op that has a gradient at the sizes and with the values that kernels go wrong at: odd and large sizes, ones, nothing,
 * large, tiny and non-finite values. What a backend computes is compared with what the composed forms do on another.
 */
export function ladderCases(): LadderCase[] {
  return rungs.flatMap(casesOf);
}

/** Every op that has a gradient at the sizes of the bench. */
export function ladderTimings(): LadderTiming[] {
  return rungs.flatMap((rung) => (['nano', 'wiki'] as const).map((configuration) => timingOf(rung, configuration)));
}

const largest = (values: Float32Array): number =>
  values.reduce((most, value) => (Number.isFinite(value) ? Math.max(most, Math.abs(value)) : most), 0);

function deviation(result: Float32Array, reference: Float32Array, smallest: number): number {
  if (result.length !== reference.length) return Infinity;
  let difference = 0;
  for (const [i, expected] of reference.entries()) {
    if (!Number.isFinite(expected)) continue;
    if (!Number.isFinite(result[i])) return Infinity;
    difference = Math.max(difference, Math.abs(result[i] - expected));
  }
  const lost = reference.some((value) => !Number.isFinite(value)) && result.every((value) => Number.isFinite(value));
  return lost ? Infinity : difference / Math.max(largest(reference), smallest);
}

/**
 * For each result its largest difference from the reference, relative to the reference's largest value; where all of that
 * is zero but for rounding, to a thousandth of the largest of all results. Infinite where the reference is finite and the
 * result is not, or where no value that is not finite is left of those in the reference.
 */
export function ladderDeviations(
  results: ReadonlyMap<string, Float32Array>,
  reference: ReadonlyMap<string, Float32Array>,
): [name: string, deviation: number][] {
  const smallest = 1e-3 * Math.max(...[...reference.values()].map(largest), 1e-30);
  return [...reference].map(([name, expected]) => {
    const result = results.get(name);
    return [name, result ? deviation(result, expected, smallest) : Infinity];
  });
}
