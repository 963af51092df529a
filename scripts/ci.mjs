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
const OTHER_NODE = '24.21.0';
const PNPM = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')).devEngines.packageManager.version;

const env = { ...process.env, TURBO_TELEMETRY_DISABLED: '1' };

let passed = 0;
let failed = 0;

function run(title, command) {
  console.log(`\n== ${title}: ${command}`);
  const started = Date.now();
  const { status } = spawnSync(command, { cwd: root, shell: true, env, stdio: ['ignore', 'inherit', 'inherit'] });
  console.log(
    `== ${title}: ${status === 0 ? 'passed' : `failed with ${status}`} in ${((Date.now() - started) / 1000).toFixed(0)} s`,
  );
  return status === 0;
}

function check(title, command) {
  if (run(title, command)) passed += 1;
  else failed += 1;
}

/** Runs the tests and counts each of them; a run that cannot be counted is one that failed. */
function countTests(title, commandWith) {
  const report = join(scratch, `${title.replaceAll(/\W+/g, '-')}.json`);
  const good = run(title, commandWith(`--reporter=default --reporter=json --outputFile.json=${report}`));
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

rmSync(scratch, { recursive: true, force: true });
console.log(`\n${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;
