import { readFileSync } from 'node:fs';
import { defineConfig } from 'tsup';

type Exports = Record<string, string | { '@sheep/source'?: string }>;

/**
 * The one build of every package: `tsup --config ../../build/tsup.config.ts` in a package's folder.
 * The entries are read from the package's own `exports`, so a new entry is one edit.
 */
const manifest = JSON.parse(readFileSync('package.json', 'utf8')) as { exports: Exports };

const sources = Object.values(manifest.exports)
  .map((entry) => (typeof entry === 'string' ? undefined : entry['@sheep/source']))
  .filter((source) => source !== undefined);

export default defineConfig({
  entry: sources,
  format: 'esm',
  target: 'es2022',
  platform: 'neutral',
  external: [/^node:/, /^#/],
  dts: { entry: sources },
  sourcemap: true,
  clean: true,
  splitting: true,
  outDir: 'dist',
});
