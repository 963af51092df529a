// Everything that must hold before a change lands. Ends with the tally `N passed, N failed`.
// usage: node scripts/ci.mjs [--without-tests]
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const scratch = mkdtempSync(join(tmpdir(), 'sheep-ci-'));
const withTests = !process.argv.includes('--without-tests');
// The exit code of a check that this machine has not what it takes for.
const SKIPPED = 77;
const OTHER_NODE = '24.21.0';
const PNPM = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')).devEngines.packageManager.version;

const env = { ...process.env, TURBO_TELEMETRY_DISABLED: '1' };

let passed = 0;
// What failed, told again at the end: of a long output the end is what people see.
const failures = [];

function run(title, command) {
  console.log(`\n== ${title}: ${command}`);
  const started = Date.now();
  const { status } = spawnSync(command, { cwd: root, shell: true, env, stdio: ['ignore', 'inherit', 'inherit'] });
  const outcome = { 0: 'passed', [SKIPPED]: 'skipped' }[status] ?? `failed with ${status}`;
  console.log(`== ${title}: ${outcome} in ${((Date.now() - started) / 1000).toFixed(0)} s`);
  return outcome;
}

/** What cannot be tried on this machine counts neither as passed nor as failed. */
function check(title, command) {
  const outcome = run(title, command);
  if (outcome === 'passed') passed += 1;
  else if (outcome !== 'skipped') failures.push(`${title}: ${outcome}`);
}

/** The tests that failed, each with the first lines of why; files that did not load among them. */
function failedTests({ testResults }) {
  return testResults.flatMap(({ name, status, message, assertionResults }) => {
    const file = relative(root, name);
    const failing = assertionResults.filter((test) => test.status === 'failed');
    if (failing.length === 0) return status === 'failed' ? [`${file}\n${firstLines(message)}`] : [];
    return failing.map((test) => `${file}: ${test.fullName}\n${firstLines(test.failureMessages.join('\n'))}`);
  });
}

function firstLines(text) {
  return text
    .split('\n', 12)
    .map((line) => `    ${line}`)
    .join('\n');
}

/** Runs the tests and counts each of them; a run that cannot be counted is one that failed. */
function countTests(title, commandWith) {
  const report = join(scratch, `${title.replaceAll(/\W+/g, '-')}.json`);
  const options = `--reporter=default --reporter=json --outputFile.json=${report}`;
  const good = run(title, commandWith(options)) === 'passed';
  try {
    const results = JSON.parse(readFileSync(report, 'utf8'));
    passed += results.numPassedTests;
    const failing = failedTests(results).map((failure) => `${title}: ${failure}`);
    if (results.numTotalTests === 0) failures.push(`${title}: there was none`);
    else if (!good && failing.length === 0) failures.push(`${title}: the run failed, and no test of it`);
    failures.push(...failing);
  } catch (error) {
    failures.push(`${title}: no report that can be read. ${error.message}`);
  }
}

// First: the tests hold them to the reference, and the packed packages have to have all of them.
check('native kernels', 'npm run build:native -- --all');
if (withTests) {
  countTests('tests', (options) => `npm test -- ${options}`);
  countTests(
    `tests on Node ${OTHER_NODE}`,
    (options) => `npx -y -p node@${OTHER_NODE} -c "node scripts/run.mjs test ${options}"`,
  );
} else {
  run('install', 'npm run sheep -- --version');
}
const pnpm = `npx -y pnpm@${PNPM}`;
check('type check', `${pnpm} typecheck`);
check('lint', `${pnpm} lint`);
check('format', `${pnpm} format:check`);
check('direction of imports', `${pnpm} check:imports`);
check('build', `${pnpm} build`);
check('packed packages', `${pnpm} check:packed`);
check('browser', 'npm run test:browser');

rmSync(scratch, { recursive: true, force: true });
for (const failure of failures) console.log(`\nFAILED ${failure}`);
console.log(`\n${passed} passed, ${failures.length} failed`);
process.exitCode = failures.length === 0 ? 0 : 1;
