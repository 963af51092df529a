import { countNumbers, type GptConfig, loraShapes, parameterSpecs } from '@sheep/model';

/** What a step's memory depends on. */
export interface StepSizes {
  readonly config: GptConfig;
  readonly batchSize: number;
  /** Tokens in a row of a batch. */
  readonly rowLength: number;
  /** Trees of the size of what is trained that the optimizer keeps: 2 for AdamW. */
  readonly optimizerTrees: number;
  readonly gradientAccumulation: number;
  readonly gradientCheckpointing: boolean;
  /** The parameters that are trained, by name; undefined for all. */
  readonly trainable: ((name: string) => boolean) | undefined;
  /** The matrices that have an adapter, and its rank. */
  readonly adapter: { readonly rank: number; readonly names: readonly string[] } | undefined;
}

/** What is in memory where a training step holds most, in bytes. */
export interface MemoryEstimate {
  readonly weights: number;
  readonly optimizer: number;
  readonly gradients: number;
  /** What the backward pass reads again, and the gradients of what lies between the layers. */
  readonly activations: number;
  /** What the head or a block works with while it is computed. */
  readonly workspace: number;
  readonly total: number;
}

/** Floats in memory at one moment of a step, weights and the optimizer's trees aside. */
type Moment = Record<'gradients' | 'activations' | 'workspace', number>;

// As packages/backend has them: device/ops/head-loss.ts, device/kernels/deep-product.ts and gemm.ts, device/ops/affine.ts.
const CHUNK_VALUES = 2 ** 22;
const LEAST_CHUNK_ROWS = 256;
const DEEP_PART = 2048;
const PACKED_COLUMNS = 16;
const GRADIENT_ROWS = 32;

const packed = (rows: number, columns: number): number => rows * Math.ceil(columns / PACKED_COLUMNS) * PACKED_COLUMNS;

const EMBEDDING = 'transformer.wte.weight';
const POSITIONS = 'transformer.wpe.weight';

/** Floats of the parameters and of their gradients. */
function parametersOf({ config, trainable = () => true, adapter }: StepSizes) {
  const base = parameterSpecs(config);
  const adapted = base.filter(({ name }) => adapter?.names.includes(name));
  const factors = adapter ? loraShapes(adapted, { ...adapter, alpha: 1, targets: () => true }) : [];
  const all = [...base, ...factors];
  const made = [...base.filter(({ name }) => trainable(name)), ...adapted];
  const madeFor = (wanted: string) => countNumbers(made.filter(({ name }) => name === wanted));
  return {
    all: countNumbers(all),
    trained: countNumbers(all.filter(({ name }) => trainable(name))),
    /** The sums of the adapted matrices and the products of their factors. */
    merged: countNumbers(adapted),
    gradients: countNumbers(made),
    embedding: madeFor(EMBEDDING),
    positions: madeFor(POSITIONS),
    /** The blocks that the backward pass comes to. */
    blocksBack:
      config.layerCount -
      lowestBlock(
        made.map(({ name }) => name),
        config,
      ),
  };
}

/** The first block that something is learned in or in front of; as many as there are where that is only behind them. */
function lowestBlock(names: readonly string[], { layerCount }: GptConfig): number {
  const blocks = names.map((name) => /^transformer\.h\.(\d+)\./.exec(name)?.[1]);
  if (names.includes(EMBEDDING) || names.includes(POSITIONS)) return 0;
  return Math.min(...blocks.map((block) => (block === undefined ? layerCount : Number(block))));
}

/** Floats of the parts of a step: N rows of width C, inner width F, V ids. */
function floatsOf({ config, batchSize, rowLength }: StepSizes) {
  const { headCount, embeddingSize: C, feedForwardSize: F, vocabSize: V } = config;
  const N = batchSize * rowLength;
  const chunk = Math.min(N, Math.max(LEAST_CHUNK_ROWS, Math.floor(CHUNK_VALUES / V)));
  const normGradient = (N / GRADIENT_ROWS) * 2 * C;
  // The gradient in front of a layer, that gradient packed, the layer's weight packed.
  const mlpGradient = N * F + packed(N, F) + packed(F, C);
  const attentionGradient = N * 3 * C + packed(N, 3 * C) + packed(3 * C, C);
  return {
    row: N * C,
    // qkv, what attention made of it, the normalized rows; inner activations, their slopes, the normalized rows; moments and sums.
    notes: N * (3 * C + C + C) + N * (F + F + C) + N * (2 * headCount + 4),
    blockGradient: Math.max(mlpGradient, attentionGradient) + normGradient,
    // The embedding packed for both products, a chunk's logits, and the sums of parts or the chunk's rows packed.
    head: packed(C, V) + packed(V, C) + chunk * V + Math.max(Math.floor(V / DEEP_PART) * chunk * C, packed(chunk, C)),
  };
}

/** The moments at which most can be in memory. */
function momentsOf(sizes: StepSizes): Moment[] {
  const { config, gradientAccumulation, gradientCheckpointing } = sizes;
  const { layerCount, dropout } = config;
  const { row, notes, blockGradient, head } = floatsOf(sizes);
  const { trained, merged, gradients, embedding, positions, blocksBack } = parametersOf(sizes);
  const earlier = gradientAccumulation > 1 ? trained : 0;
  // What each block leaves, and the inputs of the first; two outputs a block, of which checkpointing keeps one.
  const block = notes + 2 * row;
  const kept = row + layerCount * (gradientCheckpointing ? row : block);
  const again = gradientCheckpointing ? block : 0;
  const between = (1 + blocksBack * (gradientCheckpointing ? 1 : 2)) * row;
  const backward = kept + row + between;
  return [
    // The final norm's output and its gradient.
    { gradients: earlier + embedding, activations: kept + (dropout > 0 ? 3 : 2) * row, workspace: merged + head },
    {
      gradients: earlier + gradients - positions,
      activations: backward,
      workspace: merged + again + blockGradient,
    },
    // The embedding's gradient from the head, that from the ids, and their sum.
    { gradients: earlier + gradients + 2 * embedding, activations: backward, workspace: merged },
  ];
}

const BYTES = 4;
const sumOf = ({ gradients, activations, workspace }: Moment): number => gradients + activations + workspace;

/**
 * What a training step takes of the heap of the backends `cpu` and `wasm` at the most, by the sizes of what their kernels keep and
 * work with.
 */
export function estimateMemory(sizes: StepSizes): MemoryEstimate {
  const { all, trained } = parametersOf(sizes);
  const weights = BYTES * all;
  const optimizer = sizes.optimizerTrees * BYTES * trained;
  const fullest = momentsOf(sizes).reduce((most, moment) => (sumOf(moment) > sumOf(most) ? moment : most));
  const { gradients, activations, workspace } = fullest;
  return {
    weights,
    optimizer,
    gradients: BYTES * gradients,
    activations: BYTES * activations,
    workspace: BYTES * workspace,
    total: weights + optimizer + BYTES * sumOf(fullest),
  };
}
