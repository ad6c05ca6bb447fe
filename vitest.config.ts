import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['packages/*/src/**/*.spec.ts', 'services/*/src/**/*.spec.ts', 'gateway/src/**/*.spec.ts', 'test/**/*.spec.ts'],
    // scripts/run.mjs names its own; these are for vitest called by hand.
    reporters: ['default', './scripts/skips.mjs'],
    testTimeout: 30_000,
    hookTimeout: 120_000,
    // Two cores: each file brings its own servers, so more at once only waits.
    maxWorkers: 2,
    // On a shared machine one more try, and a line "unsteady: …" for each test that needed it: a fault to be mended, not to be hidden.
    retry: process.env.CI ? 1 : 0,
  },
});
