import { useBackend } from '@sheep/backend';
import { IGNORED_TARGET, SheepError, type Batch, type GradTree, type LossSum, type ParamTree } from '@sheep/core';
import { clearGradients, disposeTree } from '@sheep/ops';
import { dispose, memory, mul, tensor2d, tidy } from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { gpt } from './gpt.js';

const sizes = { vocabSize: 13, contextLength: 8, layerCount: 2, headCount: 2, embeddingSize: 12, feedForwardSize: 20 };
const model = gpt({ ...sizes, dropout: 0 });
const dropping = gpt({ ...sizes, dropout: 0.2 });
let params: ParamTree;

beforeAll(async () => {
  await useBackend('js');
  params = model.init(1337);
});
afterAll(() => disposeTree(params));

const tokens = (rows: number, time: number, step: number): Int32Array =>
  Int32Array.from({ length: rows * time }, (_, i) => (i * step + (i % 3)) % 13);

const batchOf = (rows: number, time: number, targets = tokens(rows, time, 7)): Batch => ({
  inputs: tokens(rows, time, 5),
  targets,
  shape: [rows, time],
  epoch: 0,
  next: { epoch: 0, batch: 1 },
});

/** The mean loss; disposes the sums. */
function mean({ loss, correct, count }: LossSum): number {
  const value = loss.dataSync()[0] / count;
  dispose([loss, correct]);
  return value;
}

const batch = batchOf(3, 7);

/** Some rows of the batch. */
const rowsOf = (from: number, to: number): Batch => ({
  ...batch,
  inputs: batch.inputs.slice(from * 7, to * 7),
  targets: batch.targets.slice(from * 7, to * 7),
  shape: [to - from, 7],
});

function trainingLoss(of: typeof model, seed: number, step: number): number {
  const grads: GradTree = {};
  const loss = mean(of.lossAndGradients(params, batch, { seed, step }, grads));
  clearGradients(grads);
  return loss;
}

describe('dropout in a GPT', () => {
  it('changes the loss of training with the step and the seed, and nothing else does', () => {
    const loss = trainingLoss(dropping, 1, 5);
    expect(trainingLoss(dropping, 1, 5)).toBe(loss);
    expect(trainingLoss(dropping, 1, 6)).not.toBe(loss);
    expect(trainingLoss(dropping, 2, 5)).not.toBe(loss);
  });

  it('changes neither the loss of evaluation nor the logits', () => {
    const plain = mean(model.loss(params, batch));
    expect(mean(dropping.loss(params, batch))).toBe(plain);
    expect(trainingLoss(dropping, 1, 5)).not.toBe(plain);
    expect(trainingLoss(model, 1, 5)).toBe(plain);
    expect(trainingLoss(model, 2, 6)).toBe(plain);
    const ids = tensor2d(batch.inputs, [3, 7], 'int32');
    const [a, b] = [model, dropping].map((one) => one.logits(params, ids).dataSync());
    expect(b).toEqual(a);
  });
});

describe('the loss of a GPT', () => {
  it('is near that of a uniform guess with fresh parameters', () => {
    expect(Math.abs(mean(model.loss(params, batch)) - Math.log(13))).toBeLessThan(0.05);
  });

  it('is a sum over the targets that count', () => {
    const some = batch.targets.map((target, i) => (i % 4 === 0 ? IGNORED_TARGET : target));
    const others = batch.targets.map((target, i) => (i % 4 === 0 ? target : IGNORED_TARGET));
    const [all, first, second] = [batch.targets, some, others].map((targets) =>
      model.loss(params, { ...batch, targets }),
    );
    expect([all.count, first.count, second.count]).toEqual([21, 15, 6]);
    const [whole, a, b] = [all, first, second].map(({ loss }) => loss.dataSync()[0]);
    expect((a + b) / whole).toBeCloseTo(1, 5);
    const [most, c, d] = [all, first, second].map(({ correct }) => correct.dataSync()[0]);
    expect(c + d).toBe(most);
    for (const { loss, correct } of [all, first, second]) dispose([loss, correct]);
  });

  it('adds gradients: two halves of a batch give those of the whole', () => {
    const [whole, halves]: GradTree[] = [{}, {}];
    for (const [one, into] of [
      [batch, whole],
      [rowsOf(0, 1), halves],
      [rowsOf(1, 3), halves],
    ] as const) {
      mean(model.lossAndGradients(params, one, { seed: 0, step: 1 }, into));
    }
    expect(Object.keys(halves).sort()).toEqual(Object.keys(params).sort());
    for (const name of Object.keys(whole)) {
      const [a, b] = [whole, halves].map((grads) => grads[name].dataSync<'float32'>());
      const largest = a.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
      expect([name, a.every((value, i) => Math.abs(value - b[i]) <= 1e-5 * largest)]).toEqual([name, true]);
    }
    [whole, halves].forEach(clearGradients);
  });
});

describe('a GPT', () => {
  it('gives as next logits the last of all logits', () => {
    const ids = tensor2d(tokens(2, 5, 4), [2, 5], 'int32');
    const [all, next] = [model.logits(params, ids).dataSync(), model.nextLogits(params, ids).dataSync()];
    expect(next.length).toBe(2 * 13);
    for (let i = 0; i < next.length; i += 1) {
      const row = Math.floor(i / 13);
      expect(next[i]).toBeCloseTo(all[(row * 5 + 4) * 13 + (i % 13)], 6);
    }
  });

  it('leaves no tensor but its results', () => {
    const before = memory().numTensors;
    for (let step = 1; step <= 3; step += 1) {
      trainingLoss(dropping, 1, step);
      mean(dropping.loss(params, batch));
      const ids = tensor2d(tokens(2, 5, 4), [2, 5], 'int32');
      dispose([ids, model.logits(params, ids), model.nextLogits(params, ids)]);
      expect(memory().numTensors).toBe(before);
    }
  });

  it('refuses sizes of no model, sequences that are too long, and ids of another vocabulary', () => {
    expect(() => gpt({ ...sizes, dropout: 0, headCount: 5 })).toThrow(SheepError);
    expect(() => model.loss(params, batchOf(1, 9))).toThrow('expected at most 8 tokens, received 9');
    expect(() => model.logits(params, tensor2d(tokens(1, 9, 1), [1, 9], 'int32'))).toThrow('expected at most 8 tokens');
    const wrong = batchOf(1, 3, Int32Array.of(1, 2, 13));
    expect(() => model.lossAndGradients(params, wrong, { seed: 0, step: 1 }, {})).toThrow(
      'token ids below 13, received 13',
    );
  });
});

describe('layerOutputs', () => {
  const names = ['wte', 'h.0.attn', 'h.0.mlp', 'h.1.attn', 'h.1.mlp', 'ln_f'].map((name) => `transformer.${name}`);

  it('shows each layer of a training step in order, and last the sum of losses, with its dropout', () => {
    const outputs = dropping.layerOutputs!(params, batch, { seed: 1, step: 5 });
    expect(outputs.map(({ name }) => name)).toEqual([...names, 'lm_head']);
    const shapes = outputs.map(({ output }) => output.shape.join(' '));
    expect(shapes).toEqual([...names.map(() => '3 7 12'), '']);
    const { count } = dropping.loss(params, batch);
    expect(outputs.at(-1)!.output.dataSync()[0] / count).toBe(trainingLoss(dropping, 1, 5));
    dispose(outputs.map(({ output }) => output));
  });

  it.each(['h.0.attn.c_proj.bias', 'h.1.mlp.c_fc.weight', 'ln_f.weight'])('is first not finite where %s is', (name) => {
    const [before, live] = [params[`transformer.${name}`].clone(), memory().numTensors];
    const variable = params[`transformer.${name}`];
    tidy(() => variable.assign(mul(variable, Infinity)));
    const outputs = model.layerOutputs!(params, batch, { seed: 1, step: 1 });
    const first = outputs.find(({ output }) => !output.dataSync().every(Number.isFinite));
    expect(`transformer.${name}`.startsWith(first!.name)).toBe(true);
    dispose(outputs.map(({ output }) => output));
    variable.assign(before);
    expect(memory().numTensors).toBe(live);
    before.dispose();
  });
});
