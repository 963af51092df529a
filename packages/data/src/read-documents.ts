import { constants } from 'node:buffer';
import { readFile, stat } from 'node:fs/promises';
import { join, relative, resolve, sep } from 'node:path';
import type { Stats } from 'node:fs';
import { SheepError } from '@sheep/core';
import { glob, isDynamicPattern } from 'tinyglobby';
import { decodeText } from './decode-text.js';
import type { Document } from './documents.js';
import { embeddedCorpus } from './stories/corpus.js';

const TEXT_FILES = ['txt', 'md'];
const GLOB_OPTIONS = { absolute: true, caseSensitiveMatch: false, onlyFiles: true } as const;

function notFound(path: string, expected: string, received: string): SheepError {
  const remedy = 'check the path';
  return new SheepError('not-found', { doing: `reading ${path}`, expected, received, remedy });
}

async function statOf(path: string): Promise<Stats | undefined> {
  return stat(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return undefined;
    throw unreadable(path, error);
  });
}

function unreadable(path: string, cause: NodeJS.ErrnoException): SheepError {
  const received = cause.code ?? cause.message;
  const parts = { doing: `reading ${path}`, expected: 'a readable file', received, remedy: 'check its permissions' };
  return new SheepError('bad-file', parts, { cause });
}

const withSlashes = (path: string): string => (sep === '/' ? path : path.replaceAll(sep, '/'));

/** Sorted by code units of the path with slashes: the same order on every system. */
function sorted(paths: readonly string[]): string[] {
  return [...paths].sort((a, b) => (withSlashes(a) < withSlashes(b) ? -1 : 1));
}

async function filesOfFolder(folder: string, extensions: readonly string[]): Promise<string[]> {
  const patterns = extensions.map((extension) => `**/*.${extension}`);
  const found = await glob(patterns, { ...GLOB_OPTIONS, cwd: folder });
  const names = extensions.map((extension) => `.${extension}`).join(', ');
  if (found.length === 0) throw notFound(folder, `text files (${names}) in the folder`, 'none');
  return sorted(found.map((file) => join(folder, relative(resolve(folder), resolve(file)))));
}

async function filesOfPattern(pattern: string): Promise<string[]> {
  const found = await glob(withSlashes(pattern), GLOB_OPTIONS);
  if (found.length === 0) throw notFound(pattern, 'files that match the pattern', 'none');
  const absolute = resolve(pattern) === pattern;
  return sorted(found.map((file) => (absolute ? resolve(file) : relative('', file))));
}

async function filesOf(path: string, extensions: readonly string[]): Promise<string[]> {
  const stats = await statOf(path);
  if (stats?.isDirectory()) return filesOfFolder(path, extensions);
  if (stats !== undefined) return [path];
  if (isDynamicPattern(path)) return filesOfPattern(path);
  throw notFound(path, 'a file, a folder or a glob', 'nothing there');
}

async function readDocument(path: string): Promise<Document> {
  const stats = await statOf(path);
  if (stats === undefined) throw notFound(path, 'a file', 'nothing there');
  if (!stats.isFile() || stats.size > constants.MAX_STRING_LENGTH) {
    throw new SheepError('bad-file', {
      doing: `reading ${path}`,
      expected: `a file of at most ${constants.MAX_STRING_LENGTH} bytes`,
      received: stats.isFile() ? `${stats.size} bytes` : 'something that is not a file',
      remedy: 'give a text file, split where it is larger',
    });
  }
  const bytes = await readFile(path).catch((error: NodeJS.ErrnoException) => {
    throw unreadable(path, error);
  });
  return { name: path, text: decodeText(path, bytes) };
}

/**
 * Reads texts. A path is a file, a folder (its .txt and .md files, at any depth), a glob, or `stories:1mb` for the
 * embedded corpus. Paths keep their order; the files of a folder or a glob are sorted by name. A file that is reached
 * twice is read once, so that no text stands in training and validation both.
 *
 * @param extensions the endings of the files that are meant where a path is a folder.
 * @throws SheepError `not-found` where there is no such file, or none in a folder or matching a glob; `bad-file` for a
 *   file that is empty, binary, not UTF-8 or too large for a string; `bad-option` for no path or a bad `stories:` path.
 */
export async function readDocuments(paths: readonly string[], extensions = TEXT_FILES): Promise<Document[]> {
  if (paths.length === 0) {
    const expected = 'at least one file, folder or glob';
    throw new SheepError('bad-option', { doing: 'reading the data', expected, received: 'none', remedy: 'name one' });
  }
  const documents = new Map<string, Document>();
  for (const path of paths) {
    const corpus = embeddedCorpus(path);
    if (corpus !== undefined) {
      documents.set(path, corpus);
      continue;
    }
    for (const file of await filesOf(path, extensions)) {
      const key = resolve(file);
      if (!documents.has(key)) documents.set(key, await readDocument(file));
    }
  }
  return [...documents.values()];
}
