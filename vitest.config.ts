import { defineConfig } from 'vitest/config';

const conditions = ['@sheep/source'];

// These start several threads: side by side they would fight for the cores.
const threaded = [
  'packages/backend/src/**/*.test.ts',
  'packages/train/src/loop/{memory,not-finite,resume,rewind}.test.ts',
  'test/{parity,threads}.test.ts',
];

export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions } },
  test: {
    globalSetup: ['build/vitest-setup.ts'],
    testTimeout: 30_000,
    projects: [
      { extends: true, test: { name: 'threads', include: threaded, maxWorkers: 1, sequence: { groupOrder: 1 } } },
      {
        extends: true,
        test: {
          name: 'side by side',
          include: ['packages/*/src/**/*.test.ts', 'packages/*/test/**/*.test.ts', 'test/**/*.test.ts'],
          exclude: [...threaded, '**/node_modules/**'],
        },
      },
    ],
  },
});
