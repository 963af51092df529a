import { countParameters, type GptConfig } from '@sheep/model';

/** What a step's memory depends on. */
export interface StepSizes {
  readonly config: GptConfig;
  readonly batchSize: number;
  /** Trees of the size of the weights that the optimizer keeps: 2 for AdamW. */
  readonly optimizerTrees: number;
  readonly gradientAccumulation: number;
  readonly gradientCheckpointing: boolean;
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

/** Floats of the parts of a step: N rows of width C, inner width F, V ids. */
function floatsOf({ config, batchSize }: StepSizes) {
  const { contextLength, headCount, embeddingSize: C, feedForwardSize: F, vocabSize: V } = config;
  const N = batchSize * contextLength;
  const chunk = Math.min(N, Math.max(LEAST_CHUNK_ROWS, Math.floor(CHUNK_VALUES / V)));
  const normGradient = (N / GRADIENT_ROWS) * 2 * C;
  // The gradient in front of a layer, that gradient packed, the layer's weight packed.
  const mlpGradient = N * F + packed(N, F) + packed(F, C);
  const attentionGradient = N * 3 * C + packed(N, 3 * C) + packed(3 * C, C);
  return {
    row: N * C,
    embedding: V * C,
    positions: contextLength * C,
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
  const { row, embedding, positions, notes, blockGradient, head } = floatsOf(sizes);
  const parameters = countParameters(config);
  const earlier = gradientAccumulation > 1 ? parameters : 0;
  // What each block leaves, and the inputs of the first; two outputs a block, of which checkpointing keeps one.
  const block = notes + 2 * row;
  const kept = row + layerCount * (gradientCheckpointing ? row : block);
  const again = gradientCheckpointing ? block : 0;
  const between = (1 + layerCount * (gradientCheckpointing ? 1 : 2)) * row;
  const backward = kept + row + between;
  return [
    // The final norm's output and its gradient.
    { gradients: earlier + embedding, activations: kept + (dropout > 0 ? 3 : 2) * row, workspace: head },
    { gradients: earlier + parameters - positions, activations: backward, workspace: again + blockGradient },
    // The embedding's gradient from the head, that from the ids, and their sum.
    { gradients: earlier + parameters + 2 * embedding, activations: backward, workspace: 0 },
  ];
}

const BYTES = 4;
const sumOf = ({ gradients, activations, workspace }: Moment): number => gradients + activations + workspace;

/**
 * What a training step takes of the heap of the backends `cpu` and `wasm` at the most, by the sizes of what their kernels keep and
 * work with.
 */
export function estimateMemory(sizes: StepSizes): MemoryEstimate {
  const weights = BYTES * countParameters(sizes.config);
  const optimizer = sizes.optimizerTrees * weights;
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
