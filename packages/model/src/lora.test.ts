import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { useBackend } from '@sheep/backend';
import { readSafetensors, toFloat32, type GradTree, type ParamTree } from '@sheep/core';
import { clearGradients, disposeTree } from '@sheep/ops';
import { dispose, memory, mul, sub, tensor2d, tidy } from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { backendsHere } from '../../../test/backends-here.js';
import type { Gpt } from './gpt.js';
import { isLoraParameter, lora, mergeLora } from './lora.js';
import { fromPeft, peftModules, toPeftConfig, toPeftWeights } from './peft.js';
import { readModelFolder } from './read-model-folder.js';

// An adapter of PEFT and what it computes in double precision: fixtures/fine-tuning/make.py.
const folder = new URL('../../../fixtures/fine-tuning/', import.meta.url);
const base = fileURLToPath(new URL('../gpt2/tiny', folder));
const reference = readSafetensors(readFileSync(new URL('adapter.safetensors', folder))).tensors;
const adapterBytes = readFileSync(new URL('adapter/adapter_model.safetensors', folder));
const adapterJson = JSON.parse(readFileSync(new URL('adapter/adapter_config.json', folder), 'utf8')) as object;

const valuesOf = (name: string): Float32Array => toFloat32(reference.get(name)!);
const ids = reference.get('ids')!;
const [rows, time] = ids.shape;
const batch = {
  inputs: Int32Array.from(ids.data as Int32Array),
  targets: Int32Array.from(reference.get('targets')!.data as Int32Array),
  shape: [rows, time] as const,
  epoch: 0,
  next: { epoch: 0, batch: 1 },
};
const context = { seed: 0, step: 1, trainable: isLoraParameter };
const options = { rank: 4, alpha: 6, targets: (name: string) => /c_attn|mlp\.c_proj/.test(name) };

/** As PEFT names a factor of ours. */
const theirName = (name: string): string => `base_model.model.${name.replace(/\.weight\.(lora_[AB])$/, '.$1.weight')}`;

const norm = (values: Float32Array): number => Math.sqrt(values.reduce((sum, value) => sum + value ** 2, 0));
const distance = (a: Float32Array, b: Float32Array): number => norm(a.map((value, i) => value - b[i])) / norm(b);

/** How far all logits, and those of the first row's last token, are from those of PEFT. */
async function logitDistances(model: Gpt, params: ParamTree): Promise<number[]> {
  const inputs = tensor2d(batch.inputs, [rows, time], 'int32');
  const [logits, next] = [model.logits(params, inputs), model.nextLogits(params, inputs)];
  const expected = valuesOf('logits');
  const last = ((await next.data()) as Float32Array).slice(0, 61);
  const all = (await logits.data()) as Float32Array;
  dispose([inputs, logits, next]);
  return [distance(all, expected), distance(last, expected.slice((time - 1) * 61, time * 61))];
}

describe.each(backendsHere)('LoRA on %s', (backend) => {
  let plain: Gpt;
  let model: Gpt;
  let params: ParamTree;

  beforeAll(async () => {
    await useBackend(backend);
    const opened = await readModelFolder(base);
    plain = opened.model;
    model = lora(plain, options);
    params = { ...opened.params, ...fromPeft(plain.config, adapterJson, adapterBytes).params };
  });
  afterAll(() => disposeTree(params));

  it('has the logits of PEFT', async () => {
    expect(Math.max(...(await logitDistances(model, params)))).toBeLessThan(1e-5);
  });

  it('shows the layers of the adapted model, the last with the loss of PEFT', async () => {
    const outputs = model.layerOutputs!(params, batch, { seed: 0, step: 1 });
    expect(outputs.map(({ name }) => name)).toEqual(
      plain.layerOutputs!(params, batch, { seed: 0, step: 1 }).map(({ name, output }) => (output.dispose(), name)),
    );
    const { count, ...sums } = model.loss(params, batch);
    dispose([sums.loss, sums.correct]);
    expect(Math.abs((await outputs.at(-1)!.output.data())[0] / count / valuesOf('loss')[0] - 1)).toBeLessThan(1e-5);
    dispose(outputs.map(({ output }) => output));
  });

  it('has the loss of PEFT, and the gradients of every factor, and of nothing else', async () => {
    const grads: GradTree = {};
    const { loss, correct, count } = model.lossAndGradients(params, batch, context, grads);
    expect(Math.abs((await loss.data())[0] / count / valuesOf('loss')[0] - 1)).toBeLessThan(1e-5);
    const names = [...reference.keys()].filter((key) => key.startsWith('grad/'));
    expect(
      Object.keys(grads)
        .map((name) => `grad/${theirName(name)}`)
        .sort(),
    ).toEqual(names.sort());
    for (const [name, gradient] of Object.entries(grads)) {
      const values = ((await gradient.data()) as Float32Array).map((value) => value / count);
      expect([name, distance(values, valuesOf(`grad/${theirName(name)}`)) < 1e-4]).toEqual([name, true]);
    }
    clearGradients(grads);
    dispose([loss, correct]);
  });

  it('has the factors of PEFT after three steps of gradient descent, and as many tensors as before', async () => {
    const factors = fromPeft(plain.config, adapterJson, adapterBytes).params;
    const trained = { ...params, ...factors };
    const before = memory().numTensors;
    for (let step = 1; step <= 3; step += 1) {
      const grads: GradTree = {};
      const { loss, correct, count } = model.lossAndGradients(trained, batch, { ...context, step }, grads);
      tidy(() => {
        for (const [name, gradient] of Object.entries(grads)) {
          trained[name].assign(sub(trained[name], mul(gradient, 0.5 / count)));
        }
      });
      clearGradients(grads);
      dispose([loss, correct]);
      expect(memory().numTensors).toBe(before);
    }
    for (const [name, factor] of Object.entries(factors)) {
      const values = (await factor.data()) as Float32Array;
      expect([name, distance(values, valuesOf(`sgd/${theirName(name)}`)) < 1e-4]).toEqual([name, true]);
    }
    disposeTree(factors);
  });

  it('merged into the base, has the logits of PEFT without the factors', async () => {
    const { params: weights } = await readModelFolder(base);
    const { params: factors, ...sizes } = fromPeft(plain.config, adapterJson, adapterBytes);
    const before = memory().numTensors;
    const merged = mergeLora({ ...weights, ...factors }, sizes);
    expect(memory().numTensors).toBe(before - Object.keys(factors).length);
    expect(Object.keys(merged)).toEqual(Object.keys(weights));
    expect(Math.max(...(await logitDistances(plain, merged)))).toBeLessThan(1e-5);
    disposeTree(merged);
  });

  it('starts as the base, with A uniform within 1 / sqrt(in) and B zero', async () => {
    const before = memory().numTensors;
    const fresh = model.init(7);
    const a = (await fresh['transformer.h.1.mlp.c_proj.weight.lora_A'].data()) as Float32Array;
    expect(fresh['transformer.h.1.mlp.c_proj.weight.lora_A'].shape).toEqual([4, 96]);
    expect(fresh['transformer.h.1.mlp.c_proj.weight.lora_B'].shape).toEqual([24, 4]);
    const bound = 1 / Math.sqrt(96);
    expect(Math.max(...a)).toBeLessThan(bound);
    expect(Math.max(...a)).toBeGreaterThan(0.97 * bound);
    expect(Math.min(...a)).toBeLessThan(-0.97 * bound);
    // The variance of a uniform value within the bound is a third of its square.
    const variance = a.reduce((sum, value) => sum + value ** 2, 0) / a.length;
    expect(Math.abs(variance / (bound ** 2 / 3) - 1)).toBeLessThan(0.15);
    const start = plain.init(7);
    const [ours, theirs] = [model.loss(fresh, batch), plain.loss(start, batch)];
    expect(await ours.loss.data()).toEqual(await theirs.loss.data());
    for (const { loss, correct } of [ours, theirs]) dispose([loss, correct]);
    [fresh, start].forEach(disposeTree);
    expect(memory().numTensors).toBe(before);
  });
});

describe('LoRA', () => {
  beforeAll(() => useBackend('js'));

  it('refuses sizes that make no sense, and targets without a matrix', async () => {
    const { model, params } = await readModelFolder(base);
    disposeTree(params);
    expect(() => lora(model, { ...options, rank: 0 })).toThrow('expected a rank from 1, received 0');
    expect(() => lora(model, { ...options, alpha: 0 })).toThrow('expected an alpha above 0, received 0');
    const before = memory().numTensors;
    const nothing = lora(model, { ...options, targets: (name) => name.endsWith('bias') });
    expect(() => nothing.init(1)).toThrow(/at least one matrix among the targets, received none; .*transformer\.wte/);
    expect(memory().numTensors).toBe(before);
  });

  it('gives the base its gradients as well where it is trained', async () => {
    const { model, params: weights } = await readModelFolder(base);
    const { params: factors, ...sizes } = fromPeft(model.config, adapterJson, adapterBytes);
    const grads: GradTree = {};
    const both = { ...weights, ...factors };
    const sums = lora(model, options).lossAndGradients(both, batch, { seed: 0, step: 1 }, grads);
    expect(Object.keys(grads).sort()).toEqual(Object.keys(both).sort());
    const merged = mergeLora(both, sizes);
    const expected: GradTree = {};
    const others = model.lossAndGradients(merged, batch, { seed: 0, step: 1 }, expected);
    for (const name of Object.keys(merged))
      expect([name, await grads[name].data()]).toEqual([name, await expected[name].data()]);
    for (const { loss, correct } of [sums, others]) dispose([loss, correct]);
    [grads, expected].forEach(clearGradients);
    disposeTree(merged);
  });
});

describe('an adapter in the layout of PEFT', () => {
  beforeAll(() => useBackend('js'));

  it('is written as PEFT wrote it: the same names, shapes and values', async () => {
    const { model, params } = await readModelFolder(base);
    const adapter = fromPeft(model.config, adapterJson, adapterBytes);
    expect(adapter).toMatchObject({ rank: 4, alpha: 6 });
    const written = readSafetensors(await toPeftWeights({ ...params, ...adapter.params })).tensors;
    const theirs = readSafetensors(adapterBytes).tensors;
    expect([...written.keys()].sort()).toEqual([...theirs.keys()].sort());
    for (const [name, stored] of theirs) expect([name, written.get(name)]).toEqual([name, stored]);
    [params, adapter.params].forEach(disposeTree);
  });

  it('is described by settings that PEFT wrote as well, with whole names of layers', () => {
    const names = ['transformer.h.0.attn.c_attn.weight', 'transformer.h.1.mlp.c_proj.weight'];
    const {
      target_modules: modules,
      base_model_name_or_path: _,
      ...settings
    } = toPeftConfig(names, { rank: 4, alpha: 6 });
    expect(adapterJson).toMatchObject(settings);
    expect(modules).toEqual(['transformer.h.0.attn.c_attn', 'transformer.h.1.mlp.c_proj']);
  });

  it('is refused where it is no plain LoRA, or of another model', async () => {
    const { model, params } = await readModelFolder(base);
    disposeTree(params);
    const read = (json: object, config = model.config) => fromPeft(config, json, adapterBytes, 'here');
    expect(() => read({ ...adapterJson, peft_type: 'IA3' })).toThrow('expected peft_type "LORA", received "IA3"');
    expect(() => read({ ...adapterJson, use_dora: true })).toThrow('expected no use_dora, received true');
    expect(() => read({ ...adapterJson, use_rslora: true })).toThrow('expected no use_rslora, received true');
    expect(() => read({ ...adapterJson, bias: 'all' })).toThrow('expected bias "none", received "all"');
    expect(() => read({ ...adapterJson, rank_pattern: { c_attn: 2 } })).toThrow('expected no rank_pattern');
    expect(() => read({ ...adapterJson, r: '4' })).toThrow('expected numbers r and lora_alpha, received "4" and 6');
    expect(() => read({ ...adapterJson, r: 3 })).toThrow('lora_A of shape [3, 24], received [4, 24]');
    expect(() => read(adapterJson, { ...model.config, layerCount: 1 })).toThrow(
      'only layers of the model, received transformer.h.1',
    );
    expect(() => peftModules(['transformer.wte.weight'])).toThrow('weights of attn and mlp layers');
    expect(memory().numTensors).toBe(0);
  });
});
