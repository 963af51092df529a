// What `npm start`, `npm test` and the like do on a machine that has only Node and npm:
// install what is missing with pnpm, make the generated file, then run the command.
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const stamp = fileURLToPath(new URL('../node_modules/.sheep-installed', import.meta.url));
const { devEngines } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));
const { name, version } = devEngines.packageManager;
const windows = process.platform === 'win32';

/** What the dependencies are a function of. */
function fingerprint() {
  return createHash('sha256')
    .update(readFileSync(new URL('../pnpm-lock.yaml', import.meta.url)))
    .digest('hex');
}

function install() {
  const wanted = fingerprint();
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) return;
  console.error('Installing dependencies (once; about half a minute) ...');
  const packageManager = ['-y', `${name}@${version}`, 'install', '--frozen-lockfile', '--reporter=silent'];
  const { status } = spawnSync('npx', packageManager, { cwd: root, stdio: ['ignore', 2, 2], shell: windows });
  if (status !== 0) {
    console.error(`Could not install the dependencies: 'npx ${packageManager.join(' ')}' failed, see above.`);
    process.exit(1);
  }
  writeFileSync(stamp, wanted);
}

const SHEEP = 'packages/cli/bin/sheep.mjs';

// npm runs a script in the repository's root, whatever folder the user is in.
const commands = {
  start: (args) => [SHEEP, 'train', '--config', 'examples/recipes/nano-stories.yaml', ...args],
  sheep: (args) => [SHEEP, ...args],
  test: (args) => ['node_modules/vitest/vitest.mjs', 'run', ...args],
  browser: (args) => ['examples/browser/node_modules/vite/bin/vite.js', 'examples/browser', ...args],
  'test:browser': (args) => ['scripts/test-browser.mjs', ...args],
};

install();
const [command, ...args] = process.argv.slice(2);
const { generate } = await import('./generate.mjs');
await generate();

const child = spawn(process.execPath, commands[command](args), { cwd: root, stdio: 'inherit' });
// A terminal's Ctrl-C reaches the child by itself; a signal to this process alone is handed on.
process.on('SIGINT', () => {});
process.on('SIGTERM', () => child.kill('SIGTERM'));
child.on('exit', (code, signal) => {
  process.exit(code ?? (signal === 'SIGINT' ? 130 : 143));
});
