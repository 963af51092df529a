import { SheepError } from '@sheep/core';
import type { Document } from '../documents.js';
import { generateStories } from './generate-stories.js';

const PREFIX = 'stories:';
const PATTERN = /^stories:(\d+)(kb|mb)(?::(\d+))?$/i;
const UNITS: Readonly<Record<string, number>> = { kb: 1e3, mb: 1e6 };
const MAX_BYTES = 100e6;

/**
 * The embedded corpus that a path such as `stories:1mb` means: `stories:`, a size in kb or mb, and where wanted a seed
 * after another colon (`stories:200kb:7`; the default seed is 1). One document; undefined for any other path.
 *
 * @throws SheepError `bad-option` for a path that starts with `stories:` and goes on in another way, or asks for more
 *   than 100 mb.
 */
export function embeddedCorpus(path: string): Document | undefined {
  if (!path.startsWith(PREFIX)) return undefined;
  const [, size, unit, seed] = PATTERN.exec(path) ?? [];
  const bytes = Number(size) * (UNITS[unit?.toLowerCase()] ?? NaN);
  if (bytes >= 1 && bytes <= MAX_BYTES && Number.isSafeInteger(Number(seed ?? 1))) {
    return { name: path, text: generateStories({ bytes, seed: Number(seed ?? 1) }) };
  }
  throw new SheepError('bad-option', {
    doing: 'making the embedded corpus',
    expected: 'a size from 1kb to 100mb and, where wanted, a seed, as in stories:1mb or stories:200kb:7',
    received: path,
    remedy: 'write the path in that way',
  });
}
