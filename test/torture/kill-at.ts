// Loaded before the program: kills the process before its n-th write, as `kill -9` would. n: SHEEP_KILL_AT.
// Without n it says at the end how many writes there were.
import { plantFault } from './faulty-fs.js';

const at = Number(process.env.SHEEP_KILL_AT);
let calls = 0;

await plantFault(
  (number) => {
    calls = number;
    if (number !== at) return;
    process.kill(process.pid, 'SIGKILL');
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
  },
  (path) => /[/\\]runs[/\\]|^runs[/\\]/.test(path),
);

process.on('exit', () => {
  if (Number.isNaN(at)) process.stderr.write(`${calls} writes\n`);
});
