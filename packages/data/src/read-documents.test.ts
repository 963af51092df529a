import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readDocuments } from './read-documents.js';
import { generateStories } from './stories/generate-stories.js';

let folder: string;
const at = (...parts: string[]): string => join(folder, ...parts);
const slashes = (path: string): string => path.replaceAll('\\', '/');

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sheep-data-'));
  await mkdir(at('corpus', 'deep'), { recursive: true });
  await mkdir(at('none'));
  await writeFile(at('corpus', 'b.txt'), 'second\n');
  await writeFile(at('corpus', 'B.md'), 'first');
  await writeFile(at('corpus', 'deep', 'c.TXT'), 'third');
  await writeFile(at('corpus', 'z.csv'), 'not, text');
  await writeFile(at('[1].txt'), 'brackets');
  await writeFile(at('empty.txt'), '');
  await writeFile(at('image.png'), Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0));
  await writeFile(at('latin.txt'), Uint8Array.of(0x63, 0xe9));
});
afterAll(() => rm(folder, { recursive: true }));

describe('readDocuments', () => {
  it('reads a file of any extension under the name that the user gave', async () => {
    expect(await readDocuments([at('corpus', 'z.csv')])).toEqual([{ name: at('corpus', 'z.csv'), text: 'not, text' }]);
  });

  it('reads the text files of a folder at any depth, sorted', async () => {
    expect(await readDocuments([at('corpus')])).toEqual([
      { name: at('corpus', 'B.md'), text: 'first' },
      { name: at('corpus', 'b.txt'), text: 'second\n' },
      { name: at('corpus', 'deep', 'c.TXT'), text: 'third' },
    ]);
  });

  it('reads what a glob matches, sorted', async () => {
    const found = await readDocuments([`${slashes(folder)}/corpus/**/*.{txt,csv}`]);
    expect(found.map(({ text }) => text)).toEqual(['second\n', 'third', 'not, text']);
    expect(found.map(({ name }) => name)[0]).toBe(at('corpus', 'b.txt'));
  });

  it('names the matches of a relative glob relative to where it was typed', async () => {
    const found = await readDocuments(['packages/data/packag*.json']);
    expect(found.map(({ name }) => slashes(name))).toEqual(['packages/data/package.json']);
  });

  it('takes a file whose name looks like a glob', async () => {
    expect(await readDocuments([at('[1].txt')])).toEqual([{ name: at('[1].txt'), text: 'brackets' }]);
  });

  it('keeps the order of the paths and reads a file once', async () => {
    const found = await readDocuments([at('corpus', 'deep', 'c.TXT'), at('corpus'), at('corpus', 'B.md')]);
    expect(found.map(({ text }) => text)).toEqual(['third', 'first', 'second\n']);
  });

  it('makes the embedded corpus', async () => {
    const [{ name, text }] = await readDocuments(['stories:2kb:9']);
    expect(name).toBe('stories:2kb:9');
    expect(text).toBe(generateStories({ bytes: 2000, seed: 9 }));
  });

  it.each([
    ['missing.txt', 'expected a file, a folder or a glob, received nothing there; check the path'],
    ['none', 'expected text files (.txt, .md) in the folder, received none'],
    ['*.docx', 'expected files that match the pattern, received none'],
    ['empty.txt', 'expected UTF-8 text, received an empty file'],
    ['image.png', 'received binary data (a zero byte at offset 8)'],
    ['latin.txt', 'received bytes that are not UTF-8 at offset 1 (0xe9)'],
  ])('refuses %s in one line that names it', async (name, message) => {
    const path = slashes(at(name));
    const error = await readDocuments([path]).catch((error: Error) => error);
    expect(error).toMatchObject({ name: 'SheepError' });
    expect(slashes((error as Error).message)).toMatch(`reading ${path}: `);
    expect((error as Error).message).toContain(message);
    expect((error as Error).message).not.toContain('\n');
  });

  it('refuses no path at all, a bad corpus size and a link that leads nowhere', async () => {
    await expect(readDocuments([])).rejects.toThrow('at least one file, folder or glob');
    await expect(readDocuments(['stories:huge'])).rejects.toThrow(
      'as in stories:1mb or stories:200kb:7, received stories:huge',
    );
    await symlink(at('nowhere'), at('broken.txt')).catch(() => undefined);
    await expect(readDocuments([at('broken.txt')])).rejects.toThrow('received nothing there');
  });
});
