#!/usr/bin/env node
// `sheep` inside this repository: runs the sources, so that no build is needed. The published package starts dist/main.js.
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const main = fileURLToPath(new URL('../src/main.ts', import.meta.url));
const args = ['--conditions=@sheep/source', '--import', import.meta.resolve('tsx'), main, ...process.argv.slice(2)];
const child = spawn(process.execPath, args, { stdio: 'inherit' });

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
  process.on(signal, () => child.kill(signal));
}
child.on('exit', (code, signal) => {
  if (signal === null) process.exit(code ?? 1);
  process.removeAllListeners(signal);
  process.kill(process.pid, signal);
});
