import { existsSync } from 'node:fs';
import { readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { readSafetensors, type EvalEvent, type TrainEvent } from '@sheep/core';
import { generateStories } from '@sheep/data';
import { beforeEach, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { inEmptyFolder, lastCheckpoint, runMain, TINY_CONFIG } from '../../test/run-main.js';

const QUESTIONS = Array.from({ length: 24 }, (_, i) =>
  JSON.stringify({ prompt: `the ${'abcd'[i % 4]} `, completion: `${'wxyz'[i % 4]} end` }),
);
const FEW = ['--max-steps', '8', '--set', 'train.schedule.warmupSteps=0', '--set', 'train.sampleTokens=4'];
const SET_LORA = '--set=train.lora={rank: 2, alpha: 4, targets: ["*.attn.c_attn.weight", "*.mlp.*"]}';

const tune = (...options: string[]) =>
  runMain('train', '--from', 'base', '--backend', 'wasm', '--threads', '1', ...FEW, ...options);
const onQuestions = ['--data', 'questions.jsonl', '--set', 'data.format=jsonl', '--set', 'train.batchSize=4'];
const onBook = ['--data', 'book.txt', '--set', 'train.batchSize=4'];

async function events(run: string): Promise<TrainEvent[]> {
  const lines = (await readFile(join(run, 'metrics.jsonl'), 'utf8')).trim().split('\n');
  return lines.map((line) => JSON.parse(line) as TrainEvent);
}

async function evalsOf(run: string): Promise<number[]> {
  return (await events(run)).filter((event): event is EvalEvent => event.type === 'eval').map(({ loss }) => loss);
}

async function lossesOf(run: string): Promise<number[]> {
  return (await events(run)).flatMap((event) => (event.type === 'step' ? [event.loss] : []));
}

const tensorsOf = async (folder: string, name = 'model.safetensors') =>
  readSafetensors(await readFile(join(folder, name))).tensors;

const generate = (checkpoint: string) =>
  runMain('generate', '--checkpoint', checkpoint, '--prompt', 'the', '--max-new-tokens', '12');
const evaluate = async (checkpoint: string) => {
  const { stdout } = await runMain('eval', '--checkpoint', checkpoint, '--data', 'book.txt');
  return Number(/^loss +(\S+) nats a token$/m.exec(stdout)?.[1]);
};

describe('fine-tuning', () => {
  inEmptyFolder();

  beforeEach(async () => {
    await writeFile('book.txt', generateStories({ bytes: 4000 }));
    // In the base's alphabet, which is that of the stories.
    await writeFile('questions.jsonl', QUESTIONS.join('\n'));
    await writeFile('tiny.yaml', TINY_CONFIG);
    await runMain('train', '--config', 'tiny.yaml', '--max-steps', '20');
    await rename(await lastCheckpoint('runs/tiny'), 'base');
  });

  it('starts from the weights of a folder, with its sizes and its tokenizer', async () => {
    const { code, stdout, stderr } = await tune(
      ...onBook,
      '--learning-rate',
      '1e-12',
      '--set',
      'train.schedule.minLearningRate=0',
    );
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(/^ +model +from base: 2 layers, 2 heads, width 16, context 16, [\d,]+ parameters$/m);
    // A rate of almost nothing: what it finds is the loss of the base.
    expect((await evalsOf('runs/base-book'))[0]).toBeCloseTo((await evalsOf('runs/tiny')).at(-1)!, 5);
    const config = parse(await readFile('runs/base-book/config.yaml', 'utf8')) as object;
    expect(config).toMatchObject({
      model: { from: 'base', preset: null, layerCount: 2, embeddingSize: 16 },
      tokenizer: { kind: join('base', 'tokenizer.json') },
    });
  });

  it.each([
    [
      '--set=model.layerCount=3',
      'reading --set model.layerCount=3: expected no model.layerCount: it comes with the model',
    ],
    ['--preset=nano', 'reading --preset: expected no model.preset: it comes with the model'],
    ['--tokenizer=byte', 'reading --tokenizer: expected no tokenizer.kind: it comes with the model'],
    ['--from=nowhere', 'opening the model in nowhere'],
    [
      '--set=train.frozen=[transformer.w]',
      'reading train.frozen: expected patterns of parameters, of which some are transformer.wte.weight, ',
    ],
    ['--set=train.frozen=["*"]', 'expected a parameter that is trained'],
    ['--set=train.lora.targets=["*.ln_1.weight"]', 'reading train.lora.targets: expected patterns of parameters'],
    ['--set=train.lora.targets=["*"]', 'weights of attn and mlp layers'],
  ])('refuses %s in one line, and leaves no folder', async (option, message) => {
    const { code, stderr } = await tune(...onBook, option);
    expect(stderr).toContain(message);
    expect(stderr).toMatch(/^sheep: [^\n]+\n$/);
    expect({ code, made: existsSync('runs/base-book') }).toEqual({ code: 2, made: false });
  });

  it('refuses weights that are damaged before any folder is made', async () => {
    const bytes = await readFile('base/model.safetensors');
    await writeFile('base/model.safetensors', bytes.subarray(0, bytes.length - 9));
    const { code, stderr } = await tune(...onBook);
    expect({ code, made: existsSync('runs/base-book') }).toEqual({ code: 2, made: false });
    expect(stderr).toMatch(/^sheep: checking base[\\/]model\.safetensors: [^\n]+\n$/);
  });

  it('learns completions of prompts, and tells what was cut', async () => {
    const more = [...QUESTIONS, JSON.stringify({ prompt: 'a', completion: ' b'.repeat(12) })];
    await writeFile('questions.jsonl', more.join('\n'));
    const longer = ['--max-steps', '60', '--learning-rate', '1e-2'];
    const { code, stdout } = await tune(...onQuestions, ...longer, '--name', 'questions');
    expect(code).toBe(0);
    expect(stdout).toContain('questions.jsonl: 25 examples, 22 for training, 3 for validation\n');
    expect(stdout).toContain('1 of 25 examples are longer than the context and lose their end\n');
    const losses = await lossesOf('runs/questions');
    expect(losses.at(-1)!).toBeLessThan(0.5 * losses[0]);
  });

  it('learns one text a line', async () => {
    await writeFile('lines.txt', 'the end\n\nthe cat\nthe hat\n');
    const settings = ['data.format=lines', 'train.batchSize=4', 'data.validationFraction=0'];
    const { code, stdout } = await tune('--data', 'lines.txt', ...settings.flatMap((one) => ['--set', one]));
    expect(code).toBe(0);
    expect(stdout).toContain('lines.txt: 3 examples, 3 for training, 0 for validation\n');
    expect(stdout).toMatch(/8 steps of 4 examples/);
  });

  it('names file and line of an example that is none', async () => {
    await writeFile('questions.jsonl', `${QUESTIONS[0]}\n{"prompt": 3}`);
    const { code, stderr } = await tune(...onQuestions);
    expect(code).toBe(2);
    expect(stderr).toMatch(
      /^sheep: reading questions\.jsonl:2: expected \{"prompt": "…", "completion": "…"\} or [^\n]+\n$/,
    );
  });

  it('leaves frozen parameters as they are, and trains the others', async () => {
    const { stdout } = await tune(...onBook, '--set', 'train.frozen=["transformer.w*", "*.h.0.*"]', '--name', 'frozen');
    expect(stdout).toMatch(/[\d,]+ parameters, 3,3\d\d of them trained$/m);
    const [before, after] = [await tensorsOf('base'), await tensorsOf(await lastCheckpoint('runs/frozen'))];
    for (const [name, { data }] of before) {
      const same = /^transformer\.(w|h\.0\.)/.test(name);
      const now = after.get(name)!.data as Float32Array;
      expect([name, now.every((value, i) => value === (data as Float32Array)[i])]).toEqual([name, same]);
    }
    const moments = await tensorsOf(await lastCheckpoint('runs/frozen'), 'optimizer.safetensors');
    expect([...moments.keys()].some((name) => name.includes('.h.0.'))).toBe(false);
  });

  it.each([
    ['with all weights', []],
    ['with frozen parameters', ['--set', 'train.frozen=["*.h.0.*"]']],
    ['with LoRA', [SET_LORA]],
    ['with LoRA and averages', [SET_LORA, '--set', 'train.optimizer.averageDecay=0.9']],
  ])('paused and resumed %s, has the same bytes, also without the folder it is from', async (_, options) => {
    await tune(...onQuestions, ...options, '--name', 'through');
    await tune(...onQuestions, ...options, '--name', 'paused', '--stop-after', '5');
    await rm('base', { recursive: true });
    expect(await runMain('train', '--resume', '--out', 'runs/paused')).toMatchObject({ code: 0, stderr: '' });
    const [through, paused] = [await lastCheckpoint('runs/through'), await lastCheckpoint('runs/paused')];
    const adapter = options.includes(SET_LORA) ? ['adapter_model.safetensors'] : [];
    for (const file of ['model.safetensors', 'optimizer.safetensors', ...adapter]) {
      expect([file, await readFile(join(paused, file))]).toEqual([file, await readFile(join(through, file))]);
    }
    expect(await lossesOf('runs/paused')).toEqual(await lossesOf('runs/through'));
  });

  it('trains a LoRA adapter beside the base, which generate, eval and export merge', async () => {
    const rate = ['--learning-rate', '3e-2', '--max-steps', '100'];
    const { stdout } = await tune(...onQuestions, SET_LORA, '--name', 'lora', ...rate);
    // Factors of c_attn (16, 48), c_fc (16, 64) and c_proj (64, 16) in two blocks.
    expect(stdout).toContain(`${2 * 2 * (16 + 48 + 16 + 64 + 64 + 16)} of them trained\n`);
    const checkpoint = await lastCheckpoint('runs/lora');
    expect(await readFile(join(checkpoint, 'model.safetensors'))).toEqual(await readFile('base/model.safetensors'));
    const losses = await lossesOf('runs/lora');
    expect(losses.at(-1)!).toBeLessThan(0.8 * losses[0]);

    const exported = await runMain('export', '--checkpoint', checkpoint, '--out', 'out/merged');
    expect(exported).toMatchObject({
      code: 0,
      stderr: '',
      stdout: 'wrote config.json, tokenizer.json, model.safetensors to out/merged\n',
    });
    expect(await evaluate('out/merged')).toBe(await evaluate(checkpoint));
    expect((await generate('out/merged')).stdout).toBe((await generate(checkpoint)).stdout);
    expect(await readFile('out/merged/model.safetensors')).not.toEqual(await readFile('base/model.safetensors'));

    expect(await runMain('export', '--adapter', '--checkpoint', checkpoint, '--out', 'adapter')).toMatchObject({
      code: 0,
    });
    for (const name of ['adapter_config.json', 'adapter_model.safetensors']) {
      expect(await readFile(join('adapter', name))).toEqual(await readFile(join(checkpoint, name)));
    }
    const refused = await runMain('export', '--adapter', '--checkpoint', 'base', '--out', 'none');
    expect(refused).toMatchObject({ code: 2, stderr: expect.stringContaining('leave --adapter out') as string });
    expect(await runMain('export', '--checkpoint', 'base', '--out', 'adapter')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('expected nothing there yet') as string,
    });
  });

  it('goes on from a run with LoRA as from any other: with its merged weights', async () => {
    await tune(...onBook, SET_LORA, '--name', 'lora', '--learning-rate', '3e-2');
    const again = ['--from', 'runs/lora', '--backend', 'wasm', ...FEW, '--learning-rate', '1e-12'];
    await runMain('train', ...again, ...onBook, '--name', 'again', '--set', 'train.schedule.minLearningRate=0');
    expect((await evalsOf('runs/again'))[0]).toBeCloseTo(Math.min(...(await evalsOf('runs/lora'))), 5);
  });
});
