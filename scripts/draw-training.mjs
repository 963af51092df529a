// Draws pictures of docs/training.md: trains small models by each technique, each run a 'sheep train' that anyone can repeat,
// and lays their curves over one another. Takes some minutes.
// usage: node scripts/draw-training.mjs [picture…]
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const images = join(root, 'docs/images');
const folder = mkdtempSync(join(tmpdir(), 'sheep-pictures-'));

function sheep(...args) {
  console.log(`sheep ${args.join(' ')}`);
  const command = [join(root, 'packages/cli/bin/sheep.mjs'), ...args];
  const { status, stderr } = spawnSync(process.execPath, command, { cwd: folder, encoding: 'utf8' });
  if (status !== 0) throw new Error(stderr);
}

const settings = (values) => Object.entries(values).flatMap(([key, value]) => ['--set', `${key}=${value}`]);

/** Trains a run of a name, `train.` before every key of `values`. */
function train(name, values, ...options) {
  const keys = Object.fromEntries(Object.entries(values).map(([key, value]) => [`train.${key}`, value]));
  sheep('train', '--name', name, ...options, ...settings(keys));
}

const fresh = ['--preset', 'pico'];

/** Draws the runs of those names into one picture. */
function draw(picture, names) {
  sheep('plot', ...names.map((name) => join('runs', name)), '--out', join(images, `${picture}.png`));
}

const pictures = {
  optimizers() {
    const kinds = ['adamw', 'adam', 'sgd', 'lion', 'adafactor', 'muon'];
    for (const kind of kinds) train(kind, { maxSteps: 300, evalEvery: 20, 'optimizer.kind': kind }, ...fresh);
    draw('optimizers', kinds);
  },
};

const names = process.argv.slice(2);
mkdirSync(images, { recursive: true });
try {
  for (const name of names.length > 0 ? names : Object.keys(pictures)) pictures[name]();
} finally {
  rmSync(folder, { recursive: true });
}
