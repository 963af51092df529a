// What a user gets from the registry, tried without one: packs every package, checks the tarballs with publint and
// attw, installs them into an empty project with plain npm, checks the native kernels of every platform, trains there with
// `npx sheep`, runs a loop of its own, and bundles a browser's worker. Before it: npm run build:native -- --all.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { nativeFiles } from './build-native.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const PNPM = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')).devEngines.packageManager.version;
const packages = ['core', 'tokenizer', 'data', 'ops', 'backend', 'model', 'train', 'metrics', 'cli'];
const work = mkdtempSync(join(tmpdir(), 'sheep-packed-'));
const tarballs = join(work, 'tarballs');
const project = join(work, 'project');

function run(command, args, cwd) {
  console.log(`$ ${command} ${args.join(' ')}`);
  const { status } = spawnSync(command, args, {
    cwd,
    stdio: ['ignore', 'inherit', 'inherit'],
    shell: process.platform === 'win32',
  });
  if (status !== 0) throw new Error(`${command} ${args.join(' ')} ended with ${status}`);
}

function pack() {
  mkdirSync(tarballs);
  for (const name of packages) {
    run('npx', ['-y', `pnpm@${PNPM}`, 'pack', '--pack-destination', tarballs], join(root, 'packages', name));
  }
  return readdirSync(tarballs).map((file) => join(tarballs, file));
}

function lint(files) {
  for (const file of files) {
    run('npx', ['publint', 'run', file, '--strict'], root);
    // The command line is no library: it has no types to check.
    if (!file.includes('sheep-cli-')) run('npx', ['attw', file, '--profile', 'esm-only', '--format', 'ascii'], root);
  }
}

const sha256 = (path) => createHash('sha256').update(readFileSync(path)).digest('hex');

/** The native kernels of every platform are there, and are those that were built. */
function checkNative() {
  const folder = join(project, 'node_modules', '@sheep', 'backend', 'generated', 'native');
  const { files } = JSON.parse(readFileSync(join(folder, 'manifest.json'), 'utf8'));
  for (const name of nativeFiles()) {
    if (!(name in files)) throw new Error(`@sheep/backend has no ${name}: first run npm run build:native -- --all`);
    if (sha256(join(folder, name)) !== files[name]) throw new Error(`${name} is not the file of the manifest`);
  }
  const others = readdirSync(folder).filter((name) => name !== 'manifest.json' && !nativeFiles().includes(name));
  if (others.length > 0) throw new Error(`@sheep/backend has files that nothing loads: ${others.join(', ')}`);
}

function tryInProject(files) {
  mkdirSync(project);
  writeFileSync(join(project, 'package.json'), JSON.stringify({ name: 'empty', private: true, type: 'module' }));
  run('npm', ['install', '--no-audit', '--no-fund', '--ignore-scripts', ...files], project);
  checkNative();
  run('npx', ['sheep', 'doctor'], project);
  run('npx', ['sheep', 'train', '--max-steps', '5', '--data', 'stories:100kb', '--out', 'first'], project);
  const native = ['--backend', 'cpu', '--max-steps', '5', '--data', 'stories:100kb', '--out', 'native'];
  run('npx', ['sheep', 'train', ...native], project);
  run('npx', ['sheep', 'generate', '--checkpoint', 'first', '--prompt', 'Once', '--max-new-tokens', '20'], project);
  cpSync(join(root, 'examples', 'custom-loop', 'custom-loop.ts'), join(project, 'custom-loop.mts'));
  run('npx', ['esbuild', join(project, 'custom-loop.mts'), `--outfile=${join(project, 'custom-loop.mjs')}`], root);
  run('node', ['custom-loop.mjs'], project);
  // The worker of a page: a bundler has to find the kernels, and no Node module.
  cpSync(join(root, 'examples', 'browser', 'worker.ts'), join(project, 'worker.ts'));
  const options = [
    '--bundle',
    '--splitting',
    '--format=esm',
    '--platform=browser',
    `--outdir=${join(project, 'page')}`,
  ];
  run('npx', ['esbuild', join(project, 'worker.ts'), ...options], root);
}

try {
  const files = pack();
  lint(files);
  tryInProject(files);
  console.log('The packed packages install, train and compose.');
} finally {
  rmSync(work, { recursive: true, force: true });
}
