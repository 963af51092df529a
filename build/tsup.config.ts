import { readFileSync } from 'node:fs';
import { defineConfig } from 'tsup';

type Exports = Record<string, string | { '@sheep/source'?: string; types?: string }>;

/**
 * The one build of every package: `tsup --config ../../build/tsup.config.ts` in a package's folder.
 * The entries are read from the package's own `exports`, so a new entry is one edit.
 */
const manifest = JSON.parse(readFileSync('package.json', 'utf8')) as { exports: Exports };

const entries = Object.values(manifest.exports).filter((entry) => typeof entry !== 'string');
const sources = entries.flatMap((entry) => entry['@sheep/source'] ?? []);
const typed = entries.some((entry) => entry.types !== undefined);

export default defineConfig({
  entry: sources,
  format: 'esm',
  target: 'es2022',
  platform: 'neutral',
  external: [/^node:/, /^#/],
  dts: typed ? { entry: sources } : false,
  sourcemap: true,
  clean: true,
  splitting: true,
  outDir: 'dist',
});
