import { defineConfig } from 'vitest/config';

/** Tests run against the sources of every workspace package, not against its last build. */
const fromSource = ['@agentops/source', 'node', 'import', 'module', 'default'];

export default defineConfig({
  resolve: { conditions: fromSource },
  ssr: { resolve: { conditions: fromSource, externalConditions: ['node', 'import', 'module', 'default'] } },
  test: {
    include: ['packages/*/test/**/*.test.ts', 'test/**/*.test.ts'],
    testTimeout: 30_000,
    hookTimeout: 60_000,
    maxWorkers: 2,
    coverage: {
      provider: 'v8',
      include: ['packages/{agentops,otlp,postgres}/src/**/*.ts'],
      reporter: ['text-summary'],
      thresholds: {
        'packages/agentops/src/**': { lines: 80 },
        'packages/otlp/src/**': { lines: 80 },
        'packages/postgres/src/**': { lines: 80 },
      },
    },
  },
});
