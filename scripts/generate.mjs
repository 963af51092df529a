// Makes the files that are not written by hand: the compiled kernels, and TensorFlow.js's gradients.
//
// In Node, @tensorflow/tfjs-core registers no gradients, and its ES modules that do cannot be imported there. They
// are bundled here, tfjs-core itself left outside, so that sources, the built package and browsers load one file.
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { buildKernels } from './build-kernels.mjs';
import { refreshNative } from './build-native.mjs';

const output = fileURLToPath(new URL('../packages/backend/generated/tfjs-gradients.js', import.meta.url));

export async function generate() {
  await buildKernels();
  await refreshNative();
  await generateGradients();
}

async function generateGradients() {
  if (existsSync(output)) return;
  const { build } = await import('esbuild');
  const require = createRequire(new URL('../packages/backend/package.json', import.meta.url));
  await build({
    entryPoints: [require.resolve('@tensorflow/tfjs-core/dist/register_all_gradients.js')],
    outfile: output,
    bundle: true,
    minify: true,
    format: 'esm',
    target: 'es2022',
    legalComments: 'inline',
    footer: { js: 'export {};' },
    logLevel: 'warning',
  });
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await generate();
