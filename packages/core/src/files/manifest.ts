import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { lstat, readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { SheepError } from '../errors.js';
import { pathInside, writeSynced } from './content.js';
import { readFileUpTo } from './read-file-up-to.js';

/** The file of a folder that lists the others: `{ files: { name: { bytes, sha256 } } }`. */
export const MANIFEST_NAME = 'manifest.json';

const MAX_MANIFEST_BYTES = 1_000_000;

interface Listed {
  readonly bytes: number;
  /** Lower-case hexadecimal. */
  readonly sha256: string;
}

/** The SHA-256 of bytes or of a text's UTF-8, in lower-case hexadecimal. */
export function sha256(content: Uint8Array | string): string {
  return createHash('sha256').update(content).digest('hex');
}

/** Lists size and SHA-256 of every file of a folder in a `manifest.json` that is not there yet. */
export async function writeManifest(folder: string): Promise<void> {
  const files: [string, Listed][] = [];
  for (const name of (await readdir(folder)).sort()) {
    const path = join(folder, name);
    files.push([name, { bytes: (await stat(path)).size, sha256: await hashFile(path) }]);
  }
  await writeSynced(join(folder, MANIFEST_NAME), `${JSON.stringify({ files: Object.fromEntries(files) }, null, 2)}\n`);
}

/**
 * Checks that every file that a folder's `manifest.json` lists is there with the size and the SHA-256 it had when it
 * was written. Files that it does not list are left alone.
 *
 * @param needed files that the manifest must list.
 * @throws SheepError `not-found` where there is no manifest, `bad-file` that names the first file that differs, what
 * was expected and what was found. A link is no file: it may lead anywhere.
 */
export async function verifyManifest(folder: string, needed: readonly string[] = []): Promise<void> {
  const files = await readManifest(folder);
  const unlisted = needed.find((name) => !Object.hasOwn(files, name));
  if (unlisted !== undefined) throw damaged(join(folder, MANIFEST_NAME), `an entry for ${unlisted}`, 'none');
  for (const [name, { bytes, sha256 }] of Object.entries(files)) {
    const path = pathInside(folder, name);
    const stats = await lstat(path).catch(() => undefined);
    if (!stats?.isFile())
      throw damaged(path, `a file of ${bytes} bytes`, stats?.isSymbolicLink() ? 'a link' : 'no file');
    if (stats.size !== bytes) throw damaged(path, `${bytes} bytes`, `${stats.size}`);
    const found = await hashFile(path).catch(({ code }: NodeJS.ErrnoException) => {
      throw damaged(path, 'a file that can be read', `${code}`);
    });
    if (found !== sha256) throw damaged(path, `content with SHA-256 ${sha256}`, found);
  }
}

async function readManifest(folder: string): Promise<Record<string, Listed>> {
  const path = join(folder, MANIFEST_NAME);
  const content = await readFileUpTo(path, MAX_MANIFEST_BYTES);
  if (content === undefined) {
    const parts = { doing: `checking ${folder}`, expected: `a ${MANIFEST_NAME} in it`, received: 'none' };
    throw new SheepError('not-found', { ...parts, remedy: 'give a folder that was written whole' });
  }
  const files = parseFiles(new TextDecoder().decode(content));
  if (files === undefined) throw damaged(path, 'a list of files with bytes and sha256', 'something else');
  return files;
}

function parseFiles(text: string): Record<string, Listed> | undefined {
  try {
    const { files } = JSON.parse(text) as { files: Record<string, Listed> };
    const whole = Object.values(files).every(
      ({ bytes, sha256 }) => Number.isSafeInteger(bytes) && /^[0-9a-f]{64}$/.test(sha256),
    );
    return whole ? files : undefined;
  } catch {
    return undefined;
  }
}

async function hashFile(path: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(path, { highWaterMark: 1 << 20 })) hash.update(chunk as Uint8Array);
  return hash.digest('hex');
}

function damaged(path: string, expected: string, received: string): SheepError {
  return new SheepError('bad-file', {
    doing: `checking ${path}`,
    expected,
    received,
    remedy: 'the file is damaged: use another checkpoint or a copy of this one',
  });
}
