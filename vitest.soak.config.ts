import { defineConfig } from 'vitest/config';
import tests from './vitest.config.ts';

/** `npm run test:soak`: what takes minutes, one file after the other; each prints what it measures. */
export default defineConfig({
  ...tests,
  test: {
    ...tests.test,
    include: ['packages/*/test/soak/**/*.soak.ts', 'test/soak/**/*.soak.ts'],
    testTimeout: 30 * 60_000,
    fileParallelism: false,
    reporters: ['verbose'],
  },
});
