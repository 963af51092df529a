import { readdirSync, readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { generateStories } from '@sheep/data';
import { readMetrics } from '@sheep/metrics/node';
import { describe, expect, it } from 'vitest';
import { inEmptyFolder, lastCheckpoint, runMain, TINY_CONFIG } from '../packages/cli/test/run-main.js';
import { codesIn, readPage, tableBehind } from './markdown.js';

const page = readPage('docs/run-folder.md');
const sorted = (names: Iterable<string>): string[] => [...new Set(names)].sort();
const keysOf = (json: string): string[] => Object.keys(JSON.parse(json) as object);
const readText = (...path: string[]): string => readFileSync(join(...path), 'utf8');
const blockWith = (text: string): string => page.blocks.find(({ code }) => code.includes(text))?.code ?? '';
const firstColumn = (heading: string): string[] => tableBehind(page, heading).flatMap(([names]) => codesIn(names));

describe('docs/run-folder.md', () => {
  inEmptyFolder();

  it('names every file of a run, and the keys of each', { timeout: 60_000 }, async () => {
    await writeFile('book.txt', generateStories({ bytes: 1500 }));
    await writeFile('tiny.yaml', TINY_CONFIG);
    // Few enough windows that epochs end within the run.
    const train = ['train', '--config', 'tiny.yaml', '--set', 'data.stride=16', '--profile'];
    expect(await runMain(...train)).toMatchObject({ code: 0, stderr: '' });
    const run = join('runs', 'tiny');
    const checkpoint = await lastCheckpoint(run);

    expect(sorted(firstColumn('# A run'))).toEqual(sorted(readdirSync(run)));
    const tree = blockWith('checkpoints/\n').match(/[\w.]+/g);
    const names = [...readdirSync(checkpoint), ...readdirSync(join(run, 'checkpoints'))];
    expect(tree).toEqual(expect.arrayContaining(names.filter((name) => !name.startsWith('step-'))));

    const events = readText(run, 'metrics.jsonl').trim().split('\n');
    expect(sorted(firstColumn('## metrics.jsonl'))).toEqual(sorted(events.flatMap(keysOf)));
    expect(sorted(firstColumn('`state.json`:'))).toEqual(sorted(keysOf(readText(checkpoint, 'state.json'))));
    expect(keysOf(blockWith('train_loss'))).toEqual(keysOf(readText(run, 'training_metrics.json')));
  });

  it('names the keys of events that not every run has', async () => {
    const events = blockWith('"type":"rewind"');
    await writeFile('metrics.jsonl', events);
    const read = await readMetrics('metrics.jsonl');
    expect(read.map(({ type }) => type)).toEqual(['rewind', 'advice']);
    const lines = events.trim().split('\n');
    expect(read).toEqual(lines.map((line) => JSON.parse(line) as unknown));
    expect(sorted(firstColumn('### Rewinds'))).toEqual(sorted(lines.flatMap(keysOf)));
  });

  it('shows one event of each type, as a program reads them', async () => {
    const events = blockWith('"type":"step"');
    await writeFile('metrics.jsonl', events);
    const read = await readMetrics('metrics.jsonl');
    expect(read.map(({ type }) => type)).toEqual(['step', 'eval', 'epoch', 'sample', 'checkpoint', 'stop']);
    expect(read).toEqual(
      events
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line) as unknown),
    );
  });
});
