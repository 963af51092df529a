// Draws pictures of docs/training.md: trains small models by each technique, each run a 'sheep train' that anyone can repeat,
// and lays their curves over one another. Takes some minutes.
// usage: node scripts/draw-training.mjs [picture…]
import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const images = join(root, 'docs/images');
// What a run ends with whose numbers were not finite.
const NOT_FINITE = 3;
const folder = mkdtempSync(join(tmpdir(), 'sheep-pictures-'));

function sheep(...args) {
  console.log(`sheep ${args.join(' ')}`);
  const command = [join(root, 'packages/cli/bin/sheep.mjs'), ...args];
  const { status, stdout, stderr } = spawnSync(process.execPath, command, { cwd: folder, encoding: 'utf8' });
  if (status !== 0 && status !== NOT_FINITE) throw new Error(stderr);
  for (const line of stdout.match(/^ *(?:best step|ended) .*/gm) ?? []) console.log(line);
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

/** Takes a run's own picture of its loss and learning rate. */
function take(picture, name) {
  copyFileSync(join(folder, 'runs', name, 'training_curve.png'), join(images, `${picture}.png`));
}

/** An event of metrics.jsonl of which only the loss is known. */
function evaluation(step, loss) {
  const unknown = { accuracy: null, tokens: null, elapsed: null };
  return { type: 'eval', step, epoch: 1, loss, perplexity: Math.exp(loss), best: false, ...unknown };
}

const pictures = {
  optimizers() {
    const kinds = ['adamw', 'adam', 'sgd', 'lion', 'adafactor', 'muon'];
    for (const kind of kinds) train(kind, { maxSteps: 300, evalEvery: 20, 'optimizer.kind': kind }, ...fresh);
    draw('optimizers', kinds);
  },

  averages() {
    const steps = { maxSteps: 300, evalEvery: 20, 'earlyStopping.patience': null };
    const values = { ...steps, batchSize: 4, learningRate: 1e-3, 'schedule.kind': 'constant' };
    train('start', { maxSteps: 150 }, ...fresh);
    train('weights', values, '--from', 'runs/start');
    train('averages', { ...values, 'optimizer.averageDecay': 0.98 }, '--from', 'runs/start');
    draw('averages', ['weights', 'averages']);
  },

  accumulation() {
    const values = { maxSteps: 200, evalEvery: 20 };
    train('4 windows', { ...values, batchSize: 4 }, ...fresh);
    train('16 windows', { ...values, batchSize: 16 }, ...fresh);
    train('4 times 4 windows', { ...values, batchSize: 4, gradientAccumulation: 4 }, ...fresh);
    train('16, computed again', { ...values, batchSize: 16, gradientCheckpointing: true }, ...fresh);
    draw('accumulation', ['4 windows', '16 windows', '4 times 4 windows', '16, computed again']);
  },

  stopping() {
    train('patience', { maxSteps: 2000, evalEvery: 20 }, '--preset', 'nano', '--data', 'stories:30kb');
    take('stopping', 'patience');
  },

  // From step 150 on the rate is too high by so much that numbers overflow at once.
  health() {
    const fault = { 'schedule.kind': 'piecewise', 'schedule.boundaries': '[150]', 'schedule.factor': 1e28 };
    const values = { maxSteps: 300, evalEvery: 20, checkpointEvery: 20, ...fault };
    train('stop', values, ...fresh);
    const rewind = { 'onNotFinite.policy': 'rewind', 'onNotFinite.rateFactor': 1e-29 };
    train('rewind', { ...values, ...rewind }, ...fresh);
    draw('health', ['stop', 'rewind']);
  },

  finetuning() {
    const values = { maxSteps: 100, evalEvery: 10, batchSize: 16, 'earlyStopping.patience': null };
    const page = ['--data', join(root, 'docs/architecture.md')];
    const nano = ['--preset', 'nano', '--tokenizer', 'byte'];
    const tuned = ['--from', 'runs/stories', ...page];
    const lora = { 'lora.rank': 8, 'lora.targets': '["*.attn.*.weight", "*.mlp.*.weight"]' };
    train('stories', { maxSteps: 400 }, ...nano, '--data', 'stories:500kb');
    train('random weights', { ...values, learningRate: 4e-3 }, ...nano, ...page);
    train('all weights', { ...values, learningRate: 1e-3 }, ...tuned);
    train(
      'the last block',
      { ...values, learningRate: 4e-3, frozen: '["transformer.w*", "*.h.0.*", "*.h.1.*", "*.h.2.*"]' },
      ...tuned,
    );
    train('LoRA', { ...values, learningRate: 1e-2, ...lora }, ...tuned);
    draw('fine-tuning', ['random weights', 'all weights', 'the last block', 'LoRA']);
  },

  // The loop prints its evaluations; each lesson is drawn as a run of its own.
  curriculum() {
    const loop = join(root, 'examples/custom-loop/curriculum.ts');
    const options = ['--conditions=@sheep/source', '--import', import.meta.resolve('tsx'), loop, 'curriculum'];
    const { stdout } = spawnSync(process.execPath, options, { cwd: folder, encoding: 'utf8' });
    const evaluations = [...stdout.matchAll(/^step (\d+): (.*), validation loss (.*)$/gm)];
    const lessons = [...new Set(evaluations.map(([, , lesson]) => lesson))];
    for (const lesson of lessons) {
      const found = evaluations.filter(([, , own]) => own === lesson);
      mkdirSync(join(folder, 'runs', lesson), { recursive: true });
      const lines = found.map(([, step, , loss]) => JSON.stringify(evaluation(Number(step), Number(loss))));
      writeFileSync(join(folder, 'runs', lesson, 'metrics.jsonl'), `${lines.join('\n')}\n`);
    }
    draw('curriculum', lessons);
  },
};

const names = process.argv.slice(2);
mkdirSync(images, { recursive: true });
try {
  for (const name of names.length > 0 ? names : Object.keys(pictures)) pictures[name]();
} finally {
  rmSync(folder, { recursive: true });
}
