// Holds the native kernels of a Node's platform to PyTorch's reference and to the composed forms, with every set of
// instructions that its processor runs. The Node may be one of another platform, under an emulator.
// usage: node scripts/check-native.mjs [command of another Node ...]
//
// Before it: npm run build:native, with -- --all for another platform.
import { spawnSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { generate } from './generate.mjs';

const pathOf = (path) => fileURLToPath(new URL(`../${path}`, import.meta.url));

// In the package: from there the program finds #native and its dependencies.
const folder = pathOf('packages/backend/generated/check');
const program = join(folder, 'native-contract.mjs');
const composed = join(folder, 'composed');

const other = process.argv.slice(2);
const [node, ...nodeArguments] = other.length > 0 ? other : [process.execPath];

function run(command, ...args) {
  const { status, error } = spawnSync(command, args, { stdio: 'inherit' });
  if (error) throw error;
  return status ?? 1;
}

await generate();
await build({
  entryPoints: [pathOf('test/native-contract.ts')],
  outfile: program,
  bundle: true,
  platform: 'node',
  format: 'esm',
  target: 'node20',
  conditions: ['@sheep/source'],
  external: ['@tensorflow/*'],
  logLevel: 'warning',
});
process.exitCode =
  run(process.execPath, program, 'compose', composed) ||
  run(node, ...nodeArguments, program, 'check', composed, pathOf('fixtures/ops/ops.safetensors'));
rmSync(folder, { recursive: true });
