import { IGNORED_TARGET } from '@sheep/core';
import {
  add,
  argMax,
  cast,
  engine,
  equal,
  exp,
  expandDims,
  gatherND,
  log,
  max,
  mean,
  mul,
  notEqual,
  range,
  scalar,
  scatterND,
  stack,
  sub,
  sum,
  zerosLike,
  type Scalar,
  type Tensor1D,
  type Tensor2D,
} from '@tensorflow/tfjs-core';
import { isConstant } from './constants.js';
import { defineOp } from './op.js';
import { product } from './product.js';

/** Options of {@link headLoss}. */
export interface HeadLossOptions {
  /** The share of the target's probability that is spread evenly over the vocabulary; 0 unless given. */
  readonly labelSmoothing?: number;
}

interface HeadLossAttributes {
  readonly labelSmoothing: number;
  /** Whether gradients will be asked for: they are made on the way, so that the logits need not be kept. */
  readonly training: boolean;
  /** Whether the weight's gradient is one of them. */
  readonly learned: boolean;
}

/** (N, 2) int32: each row's number and its target, 0 where the target is ignored. */
function targetIndices(targets: Tensor1D, counted: Tensor1D): Tensor2D {
  const valid = mul(targets, cast(counted, 'int32'));
  return stack([range(0, targets.shape[0], 1, 'int32'), valid], 1) as Tensor2D;
}

/** The gradient of the loss sum for the logits: softmax - (1 - s) onehot - s / V, zero in rows that do not count. */
function logitsGradient(
  shifted: Tensor2D,
  logTotal: Tensor1D,
  indices: Tensor2D,
  counted: Tensor1D,
  smoothing: number,
): Tensor2D {
  const vocabSize = shifted.shape[1];
  const probabilities = exp(sub(shifted, expandDims(logTotal, 1)));
  const spread = smoothing > 0 ? sub(probabilities, smoothing / vocabSize) : probabilities;
  const target = scatterND(indices, mul(counted, 1 - smoothing), shifted.shape);
  return sub(mul(spread, expandDims(counted, 1)), target);
}

/** The op behind {@link headLoss}. Its notes, in training, are the gradients of the loss sum: the weight's where that is wanted. */
export const headLossOp = defineOp<{ hidden: Tensor2D; weight: Tensor2D; targets: Tensor1D }, HeadLossAttributes>({
  name: 'HeadLoss',
  outputs: 2,
  saves: [],
  differentiable: ['hidden', 'weight'],
  composed: {
    forward({ hidden, weight, targets }, { labelSmoothing, training, learned }) {
      if (hidden.size === 0) {
        return [scalar(0), scalar(0), ...(training ? [hidden, ...(learned ? [weight] : [])].map(zerosLike) : [])];
      }
      const logits = product(hidden, weight, false, true); // (N, V)
      const counted = cast(notEqual(targets, IGNORED_TARGET), 'float32') as Tensor1D;
      const indices = targetIndices(targets, counted);
      const shifted = sub(logits, max(logits, 1, true)) as Tensor2D;
      const logTotal = log(sum(exp(shifted), 1)) as Tensor1D;
      const goal = add(
        mul(gatherND(shifted, indices), 1 - labelSmoothing),
        labelSmoothing > 0 ? mul(mean(shifted, 1), labelSmoothing) : 0,
      );
      const loss = sum(mul(sub(logTotal, goal), counted));
      const correct = sum(cast(equal(argMax(logits, 1), targets), 'float32'));
      if (!training) return [loss, correct];
      const dLogits = logitsGradient(shifted, logTotal, indices, counted, labelSmoothing);
      const dWeight = learned ? [product(dLogits, hidden, true, false)] : [];
      return [loss, correct, product(dLogits, weight), ...dWeight];
    },
    gradient([dLoss], _saved, [dHidden, dWeight], _attributes, wanted) {
      const gradients = { hidden: () => mul(dHidden, dLoss), weight: () => mul(dWeight, dLoss) };
      return wanted.map((name) => gradients[name as keyof typeof gradients]());
    },
  },
});

const recording = (): boolean => engine().state.gradientDepth > 0;

/**
 * The language model's head and its loss in one: logits = hidden weight^T, softmax, cross-entropy.
 * Sums over the targets that count, so that batches add up exactly. The logits are not kept.
 *
 * @param hidden (N, C). @param weight (V, C), the token embedding where the head is tied.
 * @param targets (N) int32 ids, or -100 for one that does not count.
 * @returns `loss`, nats; `correct`, the number of targets that were the most likely token (no gradient).
 */
export function headLoss(
  hidden: Tensor2D,
  weight: Tensor2D,
  targets: Tensor1D,
  { labelSmoothing = 0 }: HeadLossOptions = {},
): { loss: Scalar; correct: Scalar } {
  const attributes = { labelSmoothing, training: recording(), learned: !isConstant(weight) };
  const [loss, correct] = headLossOp.run({ hidden, weight, targets }, attributes);
  return { loss: loss as Scalar, correct: correct as Scalar };
}
