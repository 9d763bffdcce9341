import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { defineConfig } from 'vitest/config';

/**
 * Tests run against the sources of every workspace package, not against its last build. Nothing but that condition:
 * Vitest hands the list on to Node, and `import` there would give `require` the wrong half of dual packages.
 */
const conditions = ['@agentops/source', 'node'];

export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions } },
  test: {
    setupFiles: ['packages/agentops/test/support/own-state.ts'],
    include: ['packages/*/test/**/*.test.ts', 'examples/test/**/*.test.ts', 'test/**/*.test.ts'],
    // Programs that tests start would compile the same TypeScript sources, each for itself, for most of their time.
    env: { NODE_COMPILE_CACHE: join(tmpdir(), 'agentops-test-compiled') },
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
