// Holds the direction of imports that docs/architecture.md describes:
// - a package imports only the packages below it, tests aside, and never reaches into another's files;
// - whatever a package's browser entries reach contains no Node module;
// - nothing but cli reads the environment or the command line.
import { readFileSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import ts from 'typescript';

const root = fileURLToPath(new URL('..', import.meta.url));

const MAY_IMPORT = {
  core: [],
  tokenizer: ['core'],
  data: ['core'],
  ops: ['core'],
  backend: ['core', 'ops'],
  model: ['core', 'ops'],
  train: ['core', 'ops'],
  metrics: ['core'],
  cli: ['core', 'tokenizer', 'data', 'backend', 'model', 'train', 'metrics'],
};

const problems = [];

async function sourceFiles(name) {
  const folder = join(root, 'packages', name, 'src');
  const files = await readdir(folder, { recursive: true });
  return files
    .filter((file) => file.endsWith('.ts') && !/\.(test|fixture)\.ts$/.test(file))
    .map((file) => join(folder, file));
}

function checkFile(path, name) {
  const text = readFileSync(path, 'utf8');
  const where = relative(root, path);
  for (const { fileName: specifier } of ts.preProcessFile(text).importedFiles) {
    const [, other] = /^@sheep\/([a-z]+)/.exec(specifier) ?? [];
    if (other !== undefined && !MAY_IMPORT[name].includes(other)) {
      problems.push(`${where} imports ${specifier}: ${name} may import ${MAY_IMPORT[name].join(', ') || 'no package'}`);
    }
    if (
      specifier.startsWith('.') &&
      relative(join(root, 'packages', name, 'src'), join(path, '..', specifier)).startsWith('..')
    ) {
      problems.push(`${where} imports ${specifier}, outside its package`);
    }
  }
  if (name !== 'cli' && /\bprocess\.(env|argv)\b/.test(text))
    problems.push(`${where} reads process.env or process.argv`);
}

/** Bundles for a browser with all that others wrote, where every import of a Node module is an error. */
async function checkBrowserEntries(name) {
  const { exports } = JSON.parse(readFileSync(join(root, 'packages', name, 'package.json'), 'utf8'));
  const entries = Object.entries(exports).filter(([entry]) => entry !== './node' && entry !== './package.json');
  const { errors } = await build({
    entryPoints: entries.map(([, target]) => join(root, 'packages', name, target['@sheep/source'])),
    absWorkingDir: root,
    bundle: true,
    write: false,
    outdir: 'unused',
    format: 'esm',
    platform: 'browser',
    conditions: ['@sheep/source'],
    logLevel: 'silent',
  }).catch((error) => error);
  for (const { text, location } of errors) problems.push(`${location?.file ?? name}: ${text}`);
}

for (const name of Object.keys(MAY_IMPORT)) {
  for (const path of await sourceFiles(name)) checkFile(path, name);
  if (name !== 'cli') await checkBrowserEntries(name);
}

for (const problem of problems) console.error(problem);
console.log(problems.length === 0 ? 'Imports point inward only.' : `${problems.length} imports point the wrong way.`);
process.exitCode = problems.length === 0 ? 0 : 1;
