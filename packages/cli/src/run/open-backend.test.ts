import { afterEach, expect, it, vi } from 'vitest';
import { backendsHere } from '../../../../test/backends-here.js';
import { openBackend } from './open-backend.js';

afterEach(() => void vi.restoreAllMocks());

/** As after an installation that was cut off: the files of native kernels are named, and gone. */
function loseNativeFiles(): void {
  const fs = process.getBuiltinModule('node:fs');
  const read = fs.readFileSync;
  vi.spyOn(fs, 'readFileSync').mockImplementation((path, options) => {
    if (!String(path).endsWith('.node')) return read(path, options);
    throw Object.assign(new Error('no such file'), { code: 'ENOENT' });
  });
}

it.runIf(backendsHere.includes('cpu'))('tells of a damaged installation in one line, and computes', async () => {
  loseNativeFiles();
  const notes: string[] = [];
  const { name } = await openBackend({ backend: 'auto' }, (text) => notes.push(text));
  expect([name, notes]).toEqual([
    'wasm',
    [expect.stringMatching(/^cpu does not open: .*, received none; install @sheep\/backend again; [^\n]+$/)],
  ]);
});

it('tells nothing where all is as it was installed', async () => {
  const notes: string[] = [];
  const { name } = await openBackend({ backend: 'auto', threads: 1 }, (text) => notes.push(text));
  expect([name, notes]).toEqual([backendsHere[0], []]);
});
