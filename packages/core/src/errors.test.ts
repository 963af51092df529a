import { describe, expect, it, vi } from 'vitest';
import { SheepError } from './errors.js';

const parts = {
  doing: 'reading a.txt',
  expected: 'UTF-8 text',
  received: 'a zero byte at offset 3',
  remedy: 'give a text file',
};

describe('SheepError', () => {
  it('says what was done, expected, received and what to do, in one line', () => {
    const error = new SheepError('bad-file', parts);
    expect(error.message).toBe(
      'reading a.txt: expected UTF-8 text, received a zero byte at offset 3; give a text file',
    );
    expect(error.code).toBe('bad-file');
  });

  it('is an instance of the class of another copy of the package, and other errors are not', async () => {
    vi.resetModules();
    const copy = await import('./errors.js');
    expect(copy.SheepError).not.toBe(SheepError);
    expect(new copy.SheepError('bad-file', parts)).toBeInstanceOf(SheepError);
    expect(new Error('plain') instanceof SheepError).toBe(false);
    expect((null as unknown) instanceof SheepError).toBe(false);
  });
});
