import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { useBackend } from '@sheep/backend';
import { readSafetensors, toFloat32, type GradTree, type ParamTree } from '@sheep/core';
import { sequentialExamples } from '@sheep/data';
import type { Gpt } from '@sheep/model';
import { readModelFolder } from '@sheep/model/node';
import { clearGradients, disposeTree } from '@sheep/ops';
import { adamw, chain, clipByGlobalNorm, trainStep } from '@sheep/train';
import { dispose, tensor2d } from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { backendsHere } from './backends-here.js';

// A GPT-2 of Hugging Face's transformers and what PyTorch computes with it in double precision: fixtures/gpt2/make.py.
const folder = new URL('../fixtures/gpt2/', import.meta.url);
const reference = readSafetensors(readFileSync(new URL('reference.safetensors', folder))).tensors;

/** What transformers makes of prompts and completions: fixtures/fine-tuning/make.py. */
interface Given {
  readonly examples: readonly { readonly prompt: number[]; readonly completion: number[] }[];
  readonly end: number;
  readonly loss: number;
  readonly count: number;
}

const valuesOf = (name: string): Float32Array => toFloat32(reference.get(name)!);
const scalarOf = (name: string): number => valuesOf(name)[0];

const ids = reference.get('ids')!;
const [rows, time] = ids.shape;
const batch = {
  inputs: Int32Array.from(ids.data as Int32Array),
  targets: Int32Array.from(reference.get('targets')!.data as Int32Array),
  shape: [rows, time] as const,
  epoch: 0,
  next: { epoch: 0, batch: 1 },
};

const sorted = (names: string[]): string[] => names.toSorted((a, b) => (a < b ? -1 : 1));
const largest = (values: Float32Array): number => values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
const norm = (values: Float32Array): number => Math.sqrt(values.reduce((sum, value) => sum + value ** 2, 0));
const difference = (a: Float32Array, b: Float32Array): Float32Array => a.map((value, i) => value - b[i]);

describe.each(backendsHere)('a GPT-2 of transformers on %s', (backend) => {
  let model: Gpt;
  let params: ParamTree;

  beforeAll(async () => {
    await useBackend(backend);
    ({ model, params } = await readModelFolder(fileURLToPath(new URL('tiny', folder))));
  });
  afterAll(() => disposeTree(params));

  it('has the logits of PyTorch', async () => {
    const inputs = tensor2d(batch.inputs, [rows, time], 'int32');
    const logits = model.logits(params, inputs);
    const expected = valuesOf('logits');
    const values = (await logits.data()) as Float32Array;
    expect(largest(difference(values, expected)) / largest(expected)).toBeLessThan(1e-4);
    dispose([inputs, logits]);
  });

  it('has the loss that transformers finds for prompts and completions, padded', async () => {
    const given = JSON.parse(readFileSync(new URL('../fine-tuning/examples.json', folder), 'utf8')) as Given;
    const examples = given.examples.map(({ prompt, completion }) => ({
      tokens: Uint32Array.from([...prompt, ...completion, given.end]),
      promptLength: prompt.length,
    }));
    for await (const padded of sequentialExamples({ examples, batchSize: examples.length }).open()) {
      const { loss, correct, count } = model.loss(params, padded);
      expect(count).toBe(given.count);
      expect(Math.abs((await loss.data())[0] / count / given.loss - 1)).toBeLessThan(1e-5);
      dispose([loss, correct]);
      break;
    }
  });

  it('has the loss of PyTorch, and every named gradient', async () => {
    const grads: GradTree = {};
    const { loss, correct, count } = model.lossAndGradients(params, batch, { seed: 0, step: 1 }, grads);
    expect(Math.abs((await loss.data())[0] / count / scalarOf('loss') - 1)).toBeLessThan(1e-4);
    const names = [...reference.keys()].filter((key) => key.startsWith('grad/')).map((key) => key.slice(5));
    expect(sorted(Object.keys(grads))).toEqual(sorted(names));
    for (const name of names) {
      const expected = valuesOf(`grad/${name}`);
      const values = ((await grads[name].data()) as Float32Array).map((value) => value / count);
      expect([name, norm(difference(values, expected)) / norm(expected) < 1e-3]).toEqual([name, true]);
    }
    clearGradients(grads);
    dispose([loss, correct]);
  });

  it('has the losses and the gradient norms of ten AdamW steps of PyTorch', async () => {
    const optimizer = chain(clipByGlobalNorm(1), adamw({ betas: [0.9, 0.95], epsilon: 1e-8, weightDecay: 0.1 }));
    const optimizerState = optimizer.init(params);
    const [losses, norms] = [valuesOf('adamw/losses'), valuesOf('adamw/norms')];
    expect(losses.length).toBe(11);
    const measuredNorms: number[] = [];
    for (let i = 0; i < losses.length; i += 1) {
      const result = trainStep({
        model,
        params,
        optimizer,
        optimizerState,
        batches: [batch],
        context: { seed: 0, step: i + 1 },
        learningRate: 1e-3,
      });
      expect(Math.abs((await result.loss.data())[0] / result.count / losses[i] - 1)).toBeLessThan(1e-4);
      if (i < norms.length) measuredNorms.push((await result.gradientNorm.data())[0] / norms[i]);
      dispose([result.loss, result.correct, result.gradientNorm]);
    }
    expect(measuredNorms.length).toBe(10);
    expect(Math.max(...measuredNorms.map((ratio) => Math.abs(ratio - 1)))).toBeLessThan(1e-3);
    disposeTree(optimizerState);
  });
});
