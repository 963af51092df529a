import { renameSync, writeFileSync } from 'node:fs';

/**
 * Puts a whole new file in the place of an old one: a reader sees the one or the other, never a part. Not synced to
 * the disk: for files that can be made again.
 */
export function replaceFile(path: string, content: string | Uint8Array): void {
  const temporary = `${path}.tmp`;
  writeFileSync(temporary, content);
  renameSync(temporary, path);
}
