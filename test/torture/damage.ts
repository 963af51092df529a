import { mkdir, readdir, readFile, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { randomUniform, streamOf } from '@sheep/core';

/** Numbers in [0, 1), one after the other, the same for the same seed and trial. */
export type Random = () => number;

/** The random numbers of one trial. */
export function randomOf(seed: number, trial: number): Random {
  let index = 0;
  return () => randomUniform({ seed, stream: streamOf('torture/damage'), step: trial }, (index += 1));
}

const below = (random: Random, bound: number): number => Math.floor(random() * bound);

/** One of a list. */
export function pick<T>(random: Random, list: readonly T[]): T {
  return list[below(random, list.length)];
}

/** Values that no file of ours holds where a value stands. */
const VALUES = [
  '-1 0 0.5 1e308 1e999 9007199254740993 4294967296 null true "" "text" [] {} [1e9,1e9] "F64" {"__proto__":1}'.split(
    ' ',
  ),
  ['"../../outside"', '"/etc/passwd"', '"C:\\\\x"', '"\\u0000"', '"\\ud800"'],
  [`${'['.repeat(20_000)}${']'.repeat(20_000)}`, `"${'x'.repeat(50_000)}"`],
].flat();

type Edit = (content: Buffer, random: Random) => Buffer;

const EDITS: readonly Edit[] = [
  function flipBit(content, random) {
    if (content.length > 0) content[below(random, content.length)] ^= 1 << below(random, 8);
    return content;
  },
  function overwrite(content, random) {
    const start = below(random, content.length);
    return content.fill(below(random, 256), start, Math.min(content.length, start + 1 + below(random, 64)));
  },
  function truncate(content, random) {
    return content.subarray(0, below(random, content.length));
  },
  function extend(content, random) {
    return Buffer.concat([content, Buffer.alloc(1 + below(random, 64), below(random, 256))]);
  },
  function cutOut(content, random) {
    const start = below(random, content.length);
    return Buffer.concat([content.subarray(0, start), content.subarray(start + 1 + below(random, 64))]);
  },
  function repeat(content, random) {
    const [start, end] = [below(random, content.length), below(random, content.length)];
    return Buffer.concat([content.subarray(0, end), content.subarray(start)]);
  },
  function replaceValue(content, random) {
    // The text at the start is JSON in all of the files, behind eight bytes of length in two of them.
    const text = content.toString('latin1');
    const values = Array.from(
      text.slice(0, 20_000).matchAll(/(?<=[:[,]\s*)(?:-?\d[\d.e+-]*|"[^"]*"|null|true|false)/g),
    );
    if (values.length === 0) return content;
    const { index, 0: old } = pick(random, values);
    return Buffer.from(text.slice(0, index) + pick(random, VALUES) + text.slice(index + old.length), 'latin1');
  },
];

/** Changes bytes at random, once to three times. */
export function damageBytes(content: Buffer, random: Random): Buffer {
  let damaged: Buffer = Buffer.from(content);
  for (let i = 1 + below(random, 3); i > 0; i -= 1) damaged = pick(random, EDITS)(damaged, random);
  return damaged;
}

/** Damages one file of a folder: its bytes, or what kind of thing it is. */
export async function damageFile(folder: string, random: Random): Promise<void> {
  const names = (await readdir(folder, { withFileTypes: true })).filter((entry) => entry.isFile());
  const path = join(folder, pick(random, names).name);
  const kind = random();
  if (kind < 0.85) return writeFile(path, damageBytes(await readFile(path), random));
  if (kind < 0.9) return rename(path, join(folder, 'elsewhere'));
  const other = await readFile(join(folder, pick(random, names).name));
  await rm(path);
  if (kind < 0.93) await mkdir(path);
  else if (kind < 0.96) await symlink('/dev/zero', path).catch(() => undefined);
  else await writeFile(path, other);
}
