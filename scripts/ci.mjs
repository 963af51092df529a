// Everything that must hold before a change lands. Ends with the tally `N passed, N failed`.
// usage: node scripts/ci.mjs [--without-tests]
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
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
let failed = 0;

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
  else if (outcome !== 'skipped') failed += 1;
}

/** Runs the tests and counts each of them; a run that cannot be counted is one that failed. */
function countTests(title, commandWith) {
  const report = join(scratch, `${title.replaceAll(/\W+/g, '-')}.json`);
  const options = `--reporter=default --reporter=json --outputFile.json=${report}`;
  const good = run(title, commandWith(options)) === 'passed';
  try {
    const { numPassedTests, numFailedTests, numTotalTests } = JSON.parse(readFileSync(report, 'utf8'));
    passed += numPassedTests;
    failed += numFailedTests;
    if (numTotalTests === 0 || (!good && numFailedTests === 0)) failed += 1;
  } catch {
    failed += 1;
  }
}

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
console.log(`\n${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;
