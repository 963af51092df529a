import { defineConfig } from 'vitest/config';

const conditions = ['@sheep/source'];

export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions } },
  test: {
    include: ['packages/*/src/**/*.test.ts', 'packages/*/test/**/*.test.ts', 'test/**/*.test.ts'],
    globalSetup: ['build/vitest-setup.ts'],
    testTimeout: 30_000,
  },
});
