// What a user gets from the registry, tried without one: packs every package, checks the tarballs with publint and
// attw, installs them into an empty project with plain npm, trains there with `npx sheep`, runs a loop of its own, and
// bundles a browser's worker.
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

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

function tryInProject(files) {
  mkdirSync(project);
  writeFileSync(join(project, 'package.json'), JSON.stringify({ name: 'empty', private: true, type: 'module' }));
  run('npm', ['install', '--no-audit', '--no-fund', '--ignore-scripts', ...files], project);
  run('npx', ['sheep', 'doctor'], project);
  run('npx', ['sheep', 'train', '--max-steps', '5', '--data', 'stories:100kb', '--out', 'first'], project);
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
