import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { SheepError } from '@sheep/core';
import { presets } from '@sheep/model';
import { describe, expect, it } from 'vitest';
import { inEmptyFolder, runMain, TINY_CONFIG } from '../../test/run-main.js';
import { checkEstimate } from './check-memory.js';
import { estimateMemory, type StepSizes } from './estimate-memory.js';

const medium: StepSizes = {
  config: { ...presets['gpt2-medium'], vocabSize: 50_257, dropout: 0 },
  batchSize: 8,
  rowLength: presets['gpt2-medium'].contextLength,
  trainable: undefined,
  adapter: undefined,
  optimizerTrees: 2,
  gradientAccumulation: 1,
  gradientCheckpointing: false,
};

function refusal(sizes: StepSizes, bytes: number, fresh = true): SheepError {
  try {
    checkEstimate(sizes, { bytes, where: 'the backend wasm' }, fresh);
  } catch (error) {
    if (error instanceof SheepError) return error;
    throw error;
  }
  throw new Error('it was taken');
}

const totalOf = (sizes: Partial<StepSizes>): number => estimateMemory({ ...medium, ...sizes }).total;
const inBytes = (number: string, unit: string): number => Number(number) * 2 ** (unit === 'GiB' ? 30 : 20);

describe('a step that needs more than there is', () => {
  it('is refused with what to lower and what each change would bring', () => {
    const { code, parts } = refusal(medium, 2 ** 32);
    expect(code).toBe('unsupported');
    expect(parts.expected).toBe('at most the 4.00 GiB of the backend wasm');
    const found = [...parts.remedy.matchAll(/([\w.]+=[\w-]+) \(([\d.]+) ([MG]iB)\)/g)];
    const bytes = Object.fromEntries(found.map(([, change, number, unit]) => [change, inBytes(number, unit)]));
    const { config } = medium;
    const expected: Record<string, number> = {
      'train.batchSize=4': totalOf({ batchSize: 4 }),
      'data.contextLength=512': totalOf({ rowLength: 512 }),
      'train.gradientCheckpointing=true': totalOf({ gradientCheckpointing: true }),
      'model.preset=gpt2': totalOf({ config: { ...config, ...presets.gpt2 } }),
      'tokenizer.kind=byte': totalOf({ config: { ...config, vocabSize: 257 } }),
    };
    expect(Object.keys(bytes)).toEqual(Object.keys(expected));
    for (const [change, total] of Object.entries(expected)) {
      expect(bytes[change] / total).toBeCloseTo(1, 2);
      expect(total).toBeLessThan(totalOf({}));
    }
  });

  it('is told only of changes that help', () => {
    const least = { ...medium, batchSize: 1, rowLength: 64, gradientCheckpointing: true };
    const { parts } = refusal({ ...least, config: { ...medium.config, ...presets.pico, vocabSize: 65 } }, 1000);
    expect(parts.remedy).toMatch(/^set one or more of data\.contextLength=32 \([\d.]+ MiB\)$/);
  });

  it('is told of no other sizes where the model is given', () => {
    const { parts } = refusal(medium, 2 ** 32, false);
    expect(parts.remedy.match(/[\w.]+=/g)).toEqual([
      'train.batchSize=',
      'data.contextLength=',
      'train.gradientCheckpointing=',
    ]);
  });

  it('is taken where it fits to the byte', () => {
    expect(() => checkEstimate(medium, { bytes: totalOf({}), where: 'the machine' }, true)).not.toThrow();
    expect(refusal(medium, totalOf({}) - 1).code).toBe('unsupported');
  });
});

describe('sheep train', () => {
  inEmptyFolder();

  it('shows the estimate, and refuses a run that is too large before it makes a folder', async () => {
    await writeFile('book.txt', 'Once upon a time. '.repeat(100));
    await writeFile('tiny.yaml', TINY_CONFIG);
    const { stdout } = await runMain('train', '--config', 'tiny.yaml', '--max-steps', '1', '--name', 'fits');
    expect(stdout).toMatch(/^ {4}memory +about [\d.]+ MiB of at most 4\.00 GiB: weights 0\.0 MiB, optimizer /m);
    const large = ['--preset', 'gpt2', '--set', 'train.batchSize=64', '--name', 'large'];
    const { code, stderr } = await runMain('train', '--config', 'tiny.yaml', ...large);
    expect(code).toBe(2);
    expect(stderr).toMatch(
      /^sheep: estimating the memory of a training step: expected at most the 4\.00 GiB of the backend wasm, received [\d.]+ GiB \(weights [^\n]+; set one or more of train\.batchSize=32 [^\n]+\n$/,
    );
    expect(existsSync('runs/large')).toBe(false);
  });
});
