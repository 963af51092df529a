/** Sizes by the dimension's name. */
export type Sizes = Readonly<Record<string, number>>;

/** An input at given sizes: the shape of floats of deviation 1 or another, or of ids and what they are below. */
export type InputShape =
  | readonly number[]
  | { readonly shape: number[]; readonly deviation: number }
  | { readonly shape: number[]; readonly below: number };

/** What an op takes part in the ladder with. */
export interface Rung {
  readonly op: string;
  readonly attributes?: Readonly<Record<string, unknown>>;
  readonly inputs: (sizes: Sizes) => Readonly<Record<string, InputShape>>;
  /** The shape of its first output. */
  readonly output: (sizes: Sizes) => readonly number[];
  /** The inputs that have a gradient. */
  readonly wanted: readonly string[];
  /** Sizes that kernels go wrong at: odd ones, ones, an empty input, and one of many blocks. */
  readonly checked: readonly [odd: Sizes, one: Sizes, empty: Sizes, large: Sizes];
  /** What normal values are multiplied by to be large; 10,000 unless the result is then rounding alone. */
  readonly large?: number;
  /** Sizes that it is timed at, those of the bench's configurations. */
  readonly timed: Readonly<Record<'nano' | 'wiki', Sizes>>;
  /** Floating-point operations of the products, forward and backward; ops without any are measured by their bytes. */
  readonly operations?: (sizes: Sizes) => number;
  /** Bytes that have to be read and written at least, forward and backward. */
  readonly bytes?: (sizes: Sizes) => number;
}

const rowSizes = {
  output: ({ rows, width }: Sizes) => [rows, width],
  checked: [
    { rows: 7, width: 13 },
    { rows: 1, width: 1 },
    { rows: 0, width: 5 },
    { rows: 1037, width: 259 },
  ],
  timed: { nano: { rows: 768, width: 128 }, wiki: { rows: 2048, width: 256 } },
} as const;

const dropout = { rate: 0.3, key: { seed: 1337, stream: 99, step: 7 } };

/** An op over values: x and dy are read, y and dx written, and x once more. */
const pointwise = (op: string, attributes?: Rung['attributes']): Rung => ({
  op,
  attributes,
  inputs: ({ rows, width }) => ({ x: [rows, width] }),
  wanted: ['x'],
  ...rowSizes,
  timed: { nano: { rows: 768, width: 512 }, wiki: { rows: 2048, width: 1024 } },
  bytes: ({ rows, width }) => 5 * 4 * rows * width,
});

const norm = (op: string, shift: boolean): Rung => ({
  op,
  attributes: { epsilon: 1e-5 },
  inputs: ({ rows, width }) => ({ x: [rows, width], gain: [width], ...(shift && { shift: [width] }) }),
  wanted: ['x', 'gain', ...(shift ? ['shift'] : [])],
  ...rowSizes,
  bytes: ({ rows, width }) => 5 * 4 * rows * width,
});

const linearSizes = {
  output: ({ rows, out }: Sizes) => [rows, out],
  checked: [
    { rows: 7, width: 13, out: 11 },
    { rows: 1, width: 1, out: 1 },
    { rows: 0, width: 5, out: 3 },
    { rows: 301, width: 130, out: 519 },
  ],
  timed: { nano: { rows: 768, width: 128, out: 512 }, wiki: { rows: 2048, width: 256, out: 1024 } },
  operations: ({ rows, width, out }: Sizes) => 3 * 2 * rows * width * out,
} as const;

const layer = ({ width, out }: Sizes) => ({ weight: [width, out], bias: [out] });

const normLinear = (activation: string, shift: boolean): Rung => ({
  op: 'normLinear',
  attributes: { epsilon: 1e-5, activation },
  inputs: (sizes) => ({
    x: [sizes.rows, sizes.width],
    gain: [sizes.width],
    ...(shift && { shift: [sizes.width] }),
    ...layer(sizes),
  }),
  wanted: ['x', 'gain', ...(shift ? ['shift'] : []), 'weight', 'bias'],
  ...linearSizes,
});

const linearActivation = (activation: string): Rung => ({
  op: 'linearActivation',
  attributes: { activation },
  inputs: (sizes) => ({ x: [sizes.rows, sizes.width], ...layer(sizes) }),
  wanted: ['x', 'weight', 'bias'],
  ...linearSizes,
});

const linearResidual = (attributes?: Rung['attributes']): Rung => ({
  op: 'linearResidual',
  attributes,
  inputs: (sizes) => ({ x: [sizes.rows, sizes.width], residual: [sizes.rows, sizes.out], ...layer(sizes) }),
  wanted: ['x', 'weight', 'bias', 'residual'],
  ...linearSizes,
});

/** Of four heads. Half of the two products forward and of the five backward is behind the mask. */
const attentionOperations = ({ batch, time, size }: Sizes): number => 7 * batch * 4 * time * (time + 1) * size;

const attention = (attributes: Rung['attributes']): Rung => ({
  op: 'attention',
  attributes,
  inputs: ({ batch, time, size }) => ({ qkv: [batch, time, 3 * 4 * size] }),
  output: ({ batch, time, size }) => [batch, time, 4 * size],
  wanted: ['qkv'],
  checked: [
    { batch: 3, time: 35, size: 5 },
    { batch: 1, time: 1, size: 1 },
    { batch: 0, time: 3, size: 5 },
    { batch: 2, time: 259, size: 33 },
  ],
  large: 5,
  timed: { nano: { batch: 12, time: 64, size: 32 }, wiki: { batch: 16, time: 128, size: 64 } },
  operations: attentionOperations,
});

/** As models are initialized: with weights of deviation 1 the softmax would choose one key alone, by rounding. */
const weight = (...shape: [from: number, to: number]) => ({ shape, deviation: shape[0] ** -0.5 });

/** Half a block with four heads of `size`; `into` and `outOf`: what its first layer makes and its last takes, in widths. */
const subBlock = (
  op: string,
  attributes: Rung['attributes'],
  [into, outOf]: readonly [into: number, outOf: number],
  large?: number,
): Rung => ({
  op,
  attributes: { epsilon: 1e-5, ...attributes },
  inputs({ batch, time, size }) {
    const width = 4 * size;
    return {
      x: [batch, time, width],
      gain: [width],
      shift: [width],
      inputWeight: weight(width, into * width),
      inputBias: [into * width],
      outputWeight: weight(outOf * width, width),
      outputBias: [width],
    };
  },
  output: ({ batch, time, size }) => [batch, time, 4 * size],
  wanted: ['x', 'gain', 'shift', 'inputWeight', 'inputBias', 'outputWeight', 'outputBias'],
  checked: [
    { batch: 3, time: 7, size: 3 },
    { batch: 1, time: 1, size: 1 },
    { batch: 0, time: 3, size: 5 },
    { batch: 3, time: 67, size: 17 },
  ],
  large,
  timed: { nano: { batch: 12, time: 64, size: 32 }, wiki: { batch: 16, time: 128, size: 64 } },
  operations({ batch, time, size }) {
    const products = 3 * 2 * batch * time * (into + outOf) * (4 * size) ** 2;
    return products + (op === 'attentionBlock' ? attentionOperations({ batch, time, size }) : 0);
  },
});

/** Every op that has a gradient, at the sizes that its kernels are tried and timed at. */
export const rungs: readonly Rung[] = [
  {
    op: 'embed',
    attributes: { offset: 0 },
    inputs: ({ batch, time, width, vocabulary }) => ({
      ids: { shape: [batch, time], below: vocabulary },
      tokens: [vocabulary, width],
      positions: [time, width],
    }),
    output: ({ batch, time, width }) => [batch, time, width],
    wanted: ['tokens', 'positions'],
    checked: [
      { batch: 3, time: 7, width: 13, vocabulary: 11 },
      { batch: 1, time: 1, width: 1, vocabulary: 1 },
      { batch: 0, time: 3, width: 5, vocabulary: 4 },
      { batch: 9, time: 65, width: 131, vocabulary: 1031 },
    ],
    timed: {
      nano: { batch: 12, time: 64, width: 128, vocabulary: 65 },
      wiki: { batch: 16, time: 128, width: 256, vocabulary: 8000 },
    },
    bytes: ({ batch, time, width, vocabulary }) => 4 * width * (5 * batch * time + vocabulary + 2 * time),
  },
  norm('layerNorm', true),
  norm('rmsNorm', false),
  pointwise('gelu', { approximate: 'tanh' }),
  pointwise('gelu', { approximate: 'erf' }),
  pointwise('silu'),
  pointwise('softmax'),
  pointwise('dropout', { dropout }),
  {
    op: 'linear',
    inputs: (sizes) => ({ x: [sizes.rows, sizes.width], ...layer(sizes) }),
    wanted: ['x', 'weight', 'bias'],
    ...linearSizes,
  },
  ...['gelu-tanh', 'gelu-erf', 'silu'].map(linearActivation),
  normLinear('none', true),
  normLinear('gelu-tanh', true),
  normLinear('silu', false),
  linearResidual(),
  linearResidual({ dropout }),
  attention({ headCount: 4 }),
  attention({ headCount: 4, dropout }),
  subBlock('attentionBlock', { headCount: 4 }, [3, 1], 2),
  subBlock('attentionBlock', { headCount: 4, dropout, attentionDropout: dropout }, [3, 1], 2),
  subBlock('mlpBlock', { activation: 'gelu-tanh' }, [4, 4]),
  subBlock('mlpBlock', { activation: 'silu', dropout }, [4, 4]),
  {
    op: 'headLoss',
    attributes: { labelSmoothing: 0.1 },
    inputs: ({ rows, width, vocabulary }) => ({
      hidden: [rows, width],
      weight: [vocabulary, width],
      targets: { shape: [rows], below: vocabulary },
    }),
    output: () => [],
    wanted: ['hidden', 'weight'],
    checked: [
      { rows: 7, width: 13, vocabulary: 11 },
      { rows: 1, width: 1, vocabulary: 1 },
      { rows: 0, width: 5, vocabulary: 4 },
      // More logits than are in memory at a time.
      { rows: 301, width: 5, vocabulary: 20_011 },
    ],
    timed: {
      nano: { rows: 768, width: 128, vocabulary: 65 },
      wiki: { rows: 2048, width: 256, vocabulary: 8000 },
    },
    operations: ({ rows, width, vocabulary }) => 3 * 2 * rows * width * vocabulary,
  },
];
