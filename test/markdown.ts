import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The repository's folder. */
export const root = fileURLToPath(new URL('..', import.meta.url));

/** The names of the packages, without their scope. */
export const packageNames = readdirSync(join(root, 'packages'));

/** A fenced block. */
export interface Block {
  /** What stands behind the fence, as in `ts`. */
  readonly language: string;
  readonly code: string;
}

/** A page of the documentation, in parts. */
export interface Page {
  /** From the repository's root, with slashes. */
  readonly path: string;
  readonly blocks: readonly Block[];
  /** The text without its blocks. */
  readonly prose: string;
  /** What stands between backticks in the prose, in order. */
  readonly codes: readonly string[];
}

const FENCE = /^```(\w*)\n([\s\S]*?)^```$/gm;

/** What stands between backticks in a text. */
export function codesIn(text: string): string[] {
  return Array.from(text.matchAll(/`([^`\n]+)`/g), ([, code]) => code.replaceAll(String.raw`\|`, '|'));
}

/** Takes a page apart. */
export function readPage(path: string): Page {
  const text = readFileSync(join(root, path), 'utf8').replaceAll('\r\n', '\n');
  const blocks = Array.from(text.matchAll(FENCE), ([, language, code]) => ({ language, code }));
  const prose = text.replaceAll(FENCE, '');
  return { path, blocks, prose, codes: codesIn(prose) };
}

function pagesIn(folder: string): string[] {
  return readdirSync(join(root, folder))
    .filter((name) => name.endsWith('.md'))
    .map((name) => `${folder}/${name}`);
}

/** Every page that people read. */
export const pages: readonly Page[] = [
  'README.md',
  'CONTRIBUTING.md',
  ...packageNames.map((name) => `packages/${name}/README.md`),
  'examples/custom-loop/README.md',
  'examples/browser/README.md',
  ...pagesIn('docs'),
  ...pagesIn('docs/decisions'),
].map(readPage);

function cellsOf(row: string): string[] {
  const cells = row.slice(1, -1).split(/(?<!\\)\|/);
  return cells.map((cell) => cell.trim());
}

/** The rows of the first table behind a heading or another text, each as its cells, without the table's head. */
export function tableBehind({ path, prose }: Page, text: string): string[][] {
  const start = prose.indexOf(text);
  const [, table] = /\n((?:\|.*\|\n)+)/.exec(start < 0 ? '' : prose.slice(start)) ?? [];
  if (table === undefined) throw new Error(`${path} has no table behind ${text}`);
  return table.trim().split('\n').slice(2).map(cellsOf);
}
