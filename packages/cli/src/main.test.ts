import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { beforeEach, describe, expect, it } from 'vitest';
import { inEmptyFolder, runMain, TINY_CONFIG } from '../test/run-main.js';

const TEXT = 'the quick brown fox jumps over the lazy dog\n'.repeat(20);

const train = (...options: string[]) => ['train', '--config', 'tiny.yaml', ...options];

describe('bad input gets one line, exit code 2 and no folder', () => {
  inEmptyFolder();

  beforeEach(async () => {
    await writeFile('book.txt', TEXT);
    await writeFile('tiny.yaml', TINY_CONFIG);
    await writeFile('empty.txt', '');
    await writeFile('binary.bin', Uint8Array.of(1, 2, 0, 3));
    await writeFile('latin1.txt', Uint8Array.of(97, 98, 0xe9, 99));
    await writeFile('short.txt', 'abc');
    await writeFile('not.json', '{ "model": ');
    await mkdir('other');
    await writeFile('other/config.yaml', 'seed: 1');
  });

  it.each<[string, string[], string]>([
    ['a missing file', train('--data', 'nowhere.txt'), 'reading nowhere.txt: expected a file, a folder or a glob'],
    ['an empty file', train('--data', 'empty.txt'), 'reading empty.txt: expected UTF-8 text, received an empty file'],
    ['a binary file', train('--data', 'binary.bin'), 'received binary data (a zero byte at offset 2)'],
    ['a file in another encoding', train('--data', 'latin1.txt'), 'bytes that are not UTF-8 at offset 2 (0xe9)'],
    ['a text shorter than one window', train('--data', 'short.txt'), 'expected at least 17 tokens'],
    ['an unknown option', ['train', '--max-step', '3'], "unknown option '--max-step' (Did you mean --max-steps?)"],
    ['an unknown command', ['trian'], "unknown command 'trian' (Did you mean train?)"],
    ['an argument too many', ['train', 'book.txt'], 'too many arguments'],
    ['an unknown key', train('--set', 'train.bacthSize=3'), "did you mean 'train.batchSize'?"],
    ['a learning rate NaN', train('--learning-rate', 'NaN'), 'train.learningRate to be a number, received "NaN"'],
    ['a negative learning rate', train('--learning-rate=-1'), 'train.learningRate to be a number above 0, received -1'],
    ['heads that do not divide the width', train('--set', 'model.headCount=3'), 'to be a multiple of headCount'],
    ['batch 0', train('--set', 'train.batchSize=0'), 'train.batchSize to be a number of at least 1, received 0'],
    ['an unknown backend', train('--backend', 'tfjs-wsm'), "did you mean 'tfjs-wasm'?"],
    ['an unknown preset', train('--preset', 'naon'), "did you mean 'nano'?"],
    ['an unknown tokenizer', train('--tokenizer', 'gtp2'), "did you mean 'gpt2'?"],
    ['a tokenizer.json that is none', train('--tokenizer', 'not.json'), 'reading not.json: expected JSON'],
    ['a prompt that the tokenizer cannot read', train('--set', 'train.samplePrompt=É'), 'reading train.samplePrompt'],
    ['steps that are no number', train('--max-steps', 'many'), 'train.maxSteps to be a number, received "many"'],
    ['a pause that is no step', train('--stop-after', '0'), 'Expected a whole number of at least 1.'],
    ['a folder with another run', train('--out', 'other'), 'go on with that one by --resume, or give another --name'],
    ['a file in the place of the folder', train('--out', 'book.txt'), 'expected a folder at book.txt, received a file'],
    ['a missing configuration', ['train', '--config', 'no.yaml'], 'reading no.yaml: expected a configuration file'],
    ['a configuration that is no YAML', ['train', '--config', 'not.json'], 'reading not.json: expected a YAML file'],
    ['no checkpoint', ['generate', '--checkpoint', 'other', '--prompt', 'a'], 'received a folder without any'],
    ['a missing checkpoint', ['eval', '--checkpoint', 'nowhere', '--data', 'book.txt'], 'received nothing there'],
    ['no prompt', ['generate', '--checkpoint', 'other'], "required option '--prompt <text>' not specified"],
    ['a run without metrics', ['plot', 'other'], 'metrics.jsonl: expected a file of training events'],
  ])('%s', async (_, argv, message) => {
    const before = await readdir('.', { recursive: true });
    const { code, stderr } = await runMain(...argv);
    expect(stderr).toContain(message);
    expect(stderr).toMatch(/^sheep: [^\n]+\n$/);
    expect(code).toBe(2);
    expect(await readdir('.', { recursive: true })).toEqual(before);
  });
});

describe('main', () => {
  it('shows help and version on stdout with exit code 0', async () => {
    expect(await runMain('--version')).toMatchObject({ code: 0, stdout: '0.1.0\n', stderr: '' });
    const help = await runMain('train', '--help');
    expect(help).toMatchObject({ code: 0, stderr: '' });
    expect(help.stdout).toContain('train.batchSize  (integer, default 44)');
  });
});
