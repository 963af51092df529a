import { fillNormal, IGNORED_TARGET } from '@sheep/core';
import { grads, memory, tensor1d, tensor2d, type Tensor } from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { headLoss } from './head-loss.js';
import { openBackends } from './second-backend.fixture.js';

const normal = (rows: number, columns: number, stream: number) =>
  tensor2d(fillNormal({ seed: 3, stream, step: 0 }, new Float32Array(rows * columns)), [rows, columns]);

/** Cross-entropy, the most likely token, and the gradient for the hidden row, in double precision. */
function expectedRow(hidden: Float32Array, weight: Float32Array, target: number) {
  const C = hidden.length;
  const logits = Array.from({ length: weight.length / C }, (_, id) =>
    hidden.reduce((sum, value, c) => sum + value * weight[id * C + c], 0),
  );
  const largest = logits.reduce((a, b) => Math.max(a, b));
  const total = logits.reduce((sum, logit) => sum + Math.exp(logit - largest), 0);
  const gradient = hidden.map((_, c) =>
    logits.reduce(
      (sum, logit, id) => sum + (Math.exp(logit - largest) / total - (id === target ? 1 : 0)) * weight[id * C + c],
      0,
    ),
  );
  return { loss: largest + Math.log(total) - logits[target], best: logits.indexOf(largest), gradient };
}

const lossOf = (targets: number[]) => (hidden: Tensor, weight: Tensor) =>
  headLoss(hidden as never, weight as never, tensor1d(targets, 'int32')).loss;

beforeAll(openBackends);

describe('headLoss', () => {
  it('finds targets at both ends of a vocabulary of 200,019 tokens', () => {
    const V = 200_019;
    const [hidden, weight] = [normal(4, 3, 0), normal(V, 3, 1)];
    const targets = [0, V - 1, IGNORED_TARGET, V - 2];
    const rows = hidden.dataSync<'float32'>();
    const expected = targets.map((target, i) =>
      expectedRow(rows.slice(3 * i, 3 * i + 3), weight.dataSync<'float32'>(), target),
    );
    const { loss, correct } = headLoss(hidden, weight, tensor1d(targets, 'int32'));
    const sum = expected[0].loss + expected[1].loss + expected[3].loss;
    expect(loss.dataSync()[0] / sum).toBeCloseTo(1, 5);
    expect(correct.dataSync()[0]).toBe(0);
    const best = targets.map((target, i) => (i === 2 ? expected[2].best : target));
    expect(headLoss(hidden, weight, tensor1d(best, 'int32')).correct.dataSync()[0]).toBe(1);

    const [dHidden, dWeight] = grads(lossOf(targets))([hidden, weight]);
    const found = dHidden.dataSync<'float32'>();
    expect(found.slice(6, 9)).toEqual(new Float32Array(3));
    for (const row of [0, 1, 3]) {
      for (const c of [0, 1, 2]) expect(found[3 * row + c]).toBeCloseTo(expected[row].gradient[c], 4);
    }
    // The last token's weight: softmax - 1 in the second row, of which the softmax is tiny.
    expect(dWeight.dataSync()[3 * (V - 1)]).toBeCloseTo(-rows[3], 2);
  });

  it('is exactly 0, with gradients of 0, where every target is ignored', () => {
    const [hidden, weight] = [normal(3, 4, 2), normal(9, 4, 3)];
    const ignored = [IGNORED_TARGET, IGNORED_TARGET, IGNORED_TARGET];
    const { loss, correct } = headLoss(hidden, weight, tensor1d(ignored, 'int32'), { labelSmoothing: 0.1 });
    expect([loss.dataSync()[0], correct.dataSync()[0]]).toEqual([0, 0]);
    const found = grads(lossOf(ignored))([hidden, weight]).flatMap((gradient) => [...gradient.dataSync()]);
    expect(found.every((value) => value === 0)).toBe(true);
    expect(found.length).toBe(12 + 36);
  });

  it('leaves loss and correct only, with and without gradients', () => {
    const [hidden, weight, targets] = [normal(3, 4, 2), normal(9, 4, 3), tensor1d([0, 8, 3], 'int32')];
    const before = memory().numTensors;
    const { loss, correct } = headLoss(hidden, weight, targets);
    loss.dispose();
    correct.dispose();
    expect(memory().numTensors).toBe(before);
    const sum = (x: Tensor) => headLoss(x as never, weight, targets).loss;
    for (const gradient of grads(sum)([hidden])) gradient.dispose();
    expect(memory().numTensors).toBe(before);
  });
});
