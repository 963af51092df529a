// Trains in headless Chromium: examples/browser is built by vite and served, once so that the page is cross-origin isolated
// and once not, and its button is pressed. Both must learn, with the threads that they may have, and report no error.
//
// The browser comes from the npm registry into a cache, the first time. Where it cannot be had or does not start, that is
// said and the exit code is 77: skipped.
// usage: npm run test:browser -- [--steps 40]
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';

const SKIPPED = 77;
// The newest that run on Node 20.
const PACKAGES = ['@sparticuz/chromium@147.0.0', 'puppeteer-core@24.43.1'];

const { steps } = parseArgs({ options: { steps: { type: 'string', default: '40' } } }).values;
// Milliseconds; far more than a run takes, even where other programs have the cores.
const PATIENCE = 60_000 + 1000 * Number(steps);
const root = fileURLToPath(new URL('..', import.meta.url));
const example = join(root, 'examples', 'browser');
const cache = join(root, 'node_modules', '.cache', 'sheep-browser');
const scratch = join(cache, 'scratch');

/** Chromium for Linux with the libraries and the font that it needs, out of a package: nothing of the system is used. */
async function unpackChromium(require) {
  // Where the package unpacks to, and where it believes to be: only there it unpacks the libraries.
  process.env.TMPDIR = scratch;
  process.env.AWS_EXECUTION_ENV = 'AWS_Lambda_nodejs22.x';
  const executablePath = await require('@sparticuz/chromium').executablePath();
  const fonts = join(scratch, 'fonts.conf');
  writeFileSync(fonts, `<fontconfig><dir>${scratch}/fonts</dir><cachedir>${scratch}/fonts</cachedir></fontconfig>`);
  // Without a language Chromium's own is `en-US@posix`, which Intl refuses.
  const env = { LC_ALL: 'en_US.UTF-8', LD_LIBRARY_PATH: join(scratch, 'al2023', 'lib'), FONTCONFIG_FILE: fonts };
  return { executablePath, env: { ...process.env, ...env }, args: ['--no-sandbox'] };
}

/** Installs what drives a browser, and one where the registry has it, unless a run before did so to the end. */
async function startBrowser() {
  const stamp = join(cache, `${PACKAGES.join(' ').replaceAll('/', '-')}.installed`);
  if (!existsSync(stamp)) {
    console.log('Installing a browser (once; 200 MB) ...');
    rmSync(cache, { recursive: true, force: true });
    mkdirSync(scratch, { recursive: true });
    const flags = ['--no-save', '--no-audit', '--no-fund', '--ignore-scripts', '--fetch-retries=1', '--loglevel=error'];
    const options = { stdio: ['ignore', 'ignore', 'inherit'], shell: process.platform === 'win32' };
    execFileSync('npm', ['install', '--prefix', cache, ...flags, ...PACKAGES], options);
  }
  const require = createRequire(join(cache, 'here.js'));
  const linux = process.platform === 'linux';
  const found = linux ? await unpackChromium(require) : { channel: 'chrome' };
  writeFileSync(stamp, '');
  return require('puppeteer-core').launch({ ...found, headless: 'shell' });
}

/** Builds the page and serves it. */
async function serve() {
  const { build, preview } = await import(pathToFileURL(join(example, 'node_modules/vite/dist/node/index.js')).href);
  const options = { root: example, logLevel: 'error', build: { outDir: join(cache, 'page'), emptyOutDir: true } };
  await build(options);
  const server = await preview(options);
  return { url: `http://localhost:${server.httpServer.address().port}/`, close: () => server.close() };
}

/** Opens the page; `told` collects what its worker says, `problems` what a user would find in the console. */
async function open(browser, url) {
  const page = await browser.newPage();
  const problems = [];
  page.on('console', (message) => {
    if (['error', 'warn'].includes(message.type())) problems.push(message.text());
  });
  page.on('pageerror', (error) => problems.push(String(error)));
  page.on('requestfailed', (request) => problems.push(`${request.url()}: ${request.failure()?.errorText}`));
  await page.setViewport({ width: 820, height: 1240 });
  await page.evaluateOnNewDocument(() => {
    globalThis.told = [];
    globalThis.Worker = class extends Worker {
      constructor(...options) {
        super(...options);
        this.addEventListener('message', ({ data }) => globalThis.told.push(data));
      }
    };
  });
  await page.goto(url);
  return { page, problems };
}

/** Waits until the worker has told what is waited for, or something is wrong. */
async function until({ page, problems }, told, value) {
  for (const deadline = Date.now() + PATIENCE; !(await page.evaluate(told, value)); await setTimeout(100)) {
    assert.deepEqual(problems, []);
    const status = await page.$eval('#status', ({ textContent }) => textContent);
    assert.ok(Date.now() < deadline, `not in time; the page says: ${status}`);
  }
}

/** Presses the button and waits for the run's end, or for a step to press it again. */
async function run(opened, stopAt) {
  const { page } = opened;
  await page.evaluate(() => globalThis.told.splice(0));
  await page.click('#run');
  if (stopAt !== undefined) {
    await until(opened, (at) => globalThis.told.some(({ type, step }) => type === 'step' && step >= at), stopAt);
    await page.click('#run');
  }
  await until(opened, () => globalThis.told.some(({ type }) => type === 'stop' || type === 'failure'));
  const events = await page.evaluate(() => globalThis.told);
  const failure = events.find(({ type }) => type === 'failure');
  assert.ok(failure === undefined, failure?.message);
  const only = (wanted) => events.filter(({ type }) => type === wanted);
  return { steps: only('step'), evals: only('eval'), samples: only('sample'), stop: events.at(-1) };
}

/** Trains once in a page, and holds what it shows to what it should. */
async function check(browser, url, isolated) {
  const opened = await open(browser, url);
  const { page, problems } = opened;
  const cores = await page.evaluate(() => navigator.hardwareConcurrency);
  const result = await run(opened);
  const shown = await page.evaluate(() =>
    Object.fromEntries([...document.querySelectorAll('[id]')].map(({ id, textContent }) => [id, textContent])),
  );
  await page.screenshot({ path: join(cache, isolated ? 'isolated.png' : 'plain.png') });
  const losses = result.steps.map(({ loss }) => loss);
  const { loss: validationLoss } = result.evals.at(-1);

  assert.deepEqual(problems, []);
  assert.equal(shown.isolated, isolated ? 'yes' : 'no');
  assert.equal(shown.backend, 'wasm');
  assert.match(shown.build, isolated ? /^sheep-wasm relaxed-threads / : /^sheep-wasm simd /);
  assert.equal(shown.threads, String(isolated ? cores : 1));
  assert.equal(shown.step, `${steps} / ${steps}`);
  assert.equal(shown.loss, losses.at(-1).toFixed(3));
  assert.equal(shown.validation, validationLoss.toFixed(3));
  assert.equal(losses.length, Number(steps));
  // Letters guessed by chance cost log(51) = 3.9 nats each, guessed by how often they are 3.0.
  assert.ok(losses[0] > 3.5 && validationLoss < 2.7, `the loss goes from ${losses[0]} to ${validationLoss}`);
  assert.match(result.samples.at(-1).text, /^Once upon a time[^]{180}$/);
  assert.equal(result.stop.reason, 'max-steps');

  const stopped = await run(opened, 5);
  assert.equal(stopped.stop.reason, 'requested');
  assert.equal(stopped.steps[0].loss, losses[0]);
  assert.deepEqual(problems, []);
  await page.close();
  const { tokensPerSecond } = result.steps.at(-1);
  const loss = `loss ${losses[0].toFixed(3)} to ${validationLoss.toFixed(3)}`;
  console.log(`${shown.build}, threads: ${shown.threads}, ${loss}, ${tokensPerSecond.toFixed(0)} tokens a second`);
  return losses;
}

/** With and without fused multiplication the last bits differ, and the curves part, but slowly. */
function compare(one, other) {
  one.slice(0, 40).forEach((loss, index) => {
    const deviation = Math.abs(loss - other[index]) / loss;
    assert.ok(deviation < 0.01, `step ${index + 1}: ${loss} and ${other[index]}`);
  });
}

async function main() {
  let browser;
  try {
    browser = await startBrowser();
  } catch (error) {
    console.log(`Skipped: no browser starts here. ${error.message}`);
    return SKIPPED;
  }
  let server;
  try {
    server = await serve();
    const isolated = await check(browser, `${server.url}?steps=${steps}`, true);
    const plain = await check(browser, `${server.url}?plain&steps=${steps}`, false);
    compare(isolated, plain);
    console.log(`${await browser.version()} trains, isolated and not. Pictures: ${cache}`);
    return 0;
  } finally {
    await browser.close();
    await server?.close();
  }
}

process.exitCode = await main();
