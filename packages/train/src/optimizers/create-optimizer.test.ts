import { useBackend } from '@sheep/backend';
import { tensor } from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { bitsOf, takeUpdate, treeOf, valuesOf } from '../../test/optimizing.js';
import { adamw } from './adamw.js';
import { createOptimizer, optimizerKinds, optimizerSettingsOf, type OptimizerOptions } from './create-optimizer.js';

const start = () => treeOf({ 'h.0.w': [[1, 2]], 'h.1.w': [[1, 2]], bias: [3] });
const grads = () => ({ 'h.0.w': tensor([[0, 0]]), 'h.1.w': tensor([[0, 0]]), bias: tensor([1]) });

describe('createOptimizer', () => {
  beforeAll(async () => {
    await useBackend('js');
  });

  it('makes the optimizer of the name, with the settings that a run has unless given', () => {
    const optimizers = [createOptimizer({ kind: 'adamw' }), adamw({ betas: [0.9, 0.99], weightDecay: 0.1 })];
    const [found, expected] = optimizers.map((optimizer) => {
      const params = start();
      const trees = { params, state: optimizer.init(params) };
      for (const step of [1, 2]) takeUpdate(optimizer, trees, grads(), { step, learningRate: 0.1 });
      return [bitsOf(params), bitsOf(trees.state)];
    });
    expect(found).toEqual(expected);
  });

  it('keeps for a parameter what its rule needs', () => {
    const params = treeOf({ matrix: [[1, 2, 3]], vector: [1], 'transformer.wte.weight': [[1]] });
    const kept = optimizerKinds.map((kind) => [kind, Object.keys(createOptimizer({ kind }).init(params)).sort()]);
    const each = (...slots: string[]) => slots.flatMap((slot) => Object.keys(params).map((name) => `${slot}/${name}`));
    const moments = each('first', 'second').sort();
    expect(Object.fromEntries(kept)).toEqual({
      adamw: moments,
      adam: moments,
      sgd: each('velocity').sort(),
      lion: each('mean').sort(),
      adafactor: [
        'columns/matrix',
        'columns/transformer.wte.weight',
        'rows/matrix',
        'rows/transformer.wte.weight',
        'square/vector',
      ],
      muon: ['momentum/matrix', ...moments.filter((name) => !name.endsWith('/matrix'))].sort(),
    });
    const { 'rows/matrix': rows, 'columns/matrix': columns } = createOptimizer({ kind: 'adafactor' }).init(params);
    expect([rows.shape, columns.shape]).toEqual([
      [1, 1],
      [1, 3],
    ]);
  });

  it('gives groups their own rate and decay, the first that fits', () => {
    const params = start();
    const optimizer = createOptimizer({
      kind: 'lion',
      weightDecay: 1,
      groups: [
        { match: ['h.0.*'], weightDecay: 0.5 },
        { match: ['h.*', 'bias'], learningRateScale: 0.5 },
      ],
    });
    takeUpdate(optimizer, { params, state: optimizer.init(params) }, grads(), { learningRate: 0.25 });
    expect(valuesOf(params)).toEqual({
      'h.0.w': [1 - 0.25 * 0.5, 2 * (1 - 0.25 * 0.5)],
      'h.1.w': [1 - 0.125 * 1, 2 * (1 - 0.125 * 1)],
      bias: [3 - 0.125],
    });
  });

  it('refuses a pattern that fits no parameter', () => {
    const optimizer = createOptimizer({ kind: 'sgd', groups: [{ match: ['h.*', 'attn*'] }] });
    expect(() => optimizer.init(start())).toThrow("received 'attn*', which fits none of h.0.w, h.1.w, bias");
  });

  it.each<[OptimizerOptions, string]>([
    [{ kind: 'sgd', betas: [0.9, 0.99] }, 'received betas, which belongs to adamw, adam, lion, muon; leave betas out'],
    [{ kind: 'adamw', momentum: 0.9 }, 'received momentum, which belongs to sgd, muon'],
    [{ kind: 'lion', epsilon: 1 }, 'making the optimizer lion: expected no settings but betas, weightDecay'],
    [{ kind: 'adamax' as 'adam' }, 'a kind of optimizer: adamw, adam, sgd, lion, adafactor, muon, received adamax'],
    [{ kind: 'sgd', momentum: 1 }, 'a momentum from 0 to below 1'],
    [{ kind: 'sgd', momentum: 0, nesterov: true }, "a momentum above 0 for Nesterov's"],
    [{ kind: 'sgd', weightDecay: NaN }, 'a weight decay of 0 or more'],
    [{ kind: 'lion', betas: [1, 0] }, 'betas from 0 to below 1'],
    [{ kind: 'adafactor', beta2Decay: 0.1 }, 'a beta2Decay of at most 0'],
    [{ kind: 'adafactor', clipThreshold: 0 }, 'a clip threshold above 0'],
    [{ kind: 'muon', momentum: -1 }, 'a momentum from 0 to below 1'],
    [{ kind: 'muon', adjustLearningRate: 'none' as 'original' }, 'an adjustment of match-rms-adamw, original'],
    [{ kind: 'adam', averageDecay: 1 }, 'a decay from 0 to below 1'],
  ])('refuses %o', (options, message) => {
    expect(() => createOptimizer(options)).toThrow(message);
  });

  it('takes a setting that is undefined as not given', () => {
    expect(optimizerSettingsOf('sgd', { momentum: undefined, betas: undefined })).toEqual({
      momentum: 0.9,
      nesterov: false,
      weightDecay: 0,
    });
  });
});
