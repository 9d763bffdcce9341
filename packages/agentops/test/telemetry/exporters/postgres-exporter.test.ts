import { describe, expect, it } from 'vitest';
import {
  type PostgresModule,
  PostgresWire,
  type PostgresWriterOptions,
  type PostgresWritten,
} from '../../../src/telemetry/exporters/postgres-wire.ts';
import { sampleSpans } from '../../support/sample-spans.ts';

const never = new AbortController().signal;

/** A module in the place of `@agentops/postgres` whose writer does what it is told. */
function moduleOf(write: (request: Uint8Array) => Promise<PostgresWritten>) {
  const made: PostgresWriterOptions[] = [];
  const events: string[] = [];
  const module: PostgresModule = {
    PostgresSpanExporter: class {
      constructor(options: PostgresWriterOptions) {
        made.push(options);
      }

      write(request: Uint8Array): Promise<PostgresWritten> {
        return write(request);
      }

      async shutdown(): Promise<void> {
        events.push('shut down');
      }
    },
  };
  return { load: async () => module, made, events };
}

function failure(message: string, kind: { retryable: boolean; barred?: boolean }): Error {
  return Object.assign(new Error(message), kind);
}

describe('an exporter of type postgres (T2, D1)', () => {
  it('writes the same requests that go to a backend, by one writer', async () => {
    const requests: Uint8Array[] = [];
    const { load, made, events } = moduleOf(async (request) => {
      requests.push(request);
      return { stored: 2 };
    });
    const wire = new PostgresWire({ url: 'postgres://localhost/x', timeout: 5000 }, { load });
    const request = wire.encode(sampleSpans('a')) ?? new Uint8Array();
    const results = [await wire.post(request, never), await wire.post(request, never)];
    wire.close();
    await expect.poll(() => events, { timeout: 10_000 }).toEqual(['shut down']);

    expect(results).toEqual([{ outcome: 'delivered' }, { outcome: 'delivered' }]);
    expect(requests).toEqual([request, request]);
    expect(made).toEqual([{ url: 'postgres://localhost/x', timeout: 5000 }]);
  });

  it('tells what may be sent again from what may not', async () => {
    const answers = [
      () => Promise.reject(failure('the database is starting up', { retryable: true })),
      () => Promise.reject(failure('no such schema', { retryable: false, barred: true })),
      () => Promise.reject(failure('no request', { retryable: false })),
      () => Promise.reject(new Error('unknown')),
      async () => ({ stored: 1, rejected: { count: 1, message: 'NUL' } }),
    ];
    const { load } = moduleOf(() => answers.shift()?.() ?? Promise.resolve({ stored: 0 }));
    const wire = new PostgresWire({ timeout: 5000 }, { load });
    const results = [];
    for (let n = 0; n < 5; n += 1) results.push(await wire.post(new Uint8Array(), never));

    expect(results).toEqual([
      { outcome: 'retry', message: 'the database is starting up' },
      { outcome: 'barred', message: 'no such schema' },
      { outcome: 'refused', message: 'no request' },
      { outcome: 'retry', message: 'unknown' },
      { outcome: 'delivered', rejected: { count: 1, message: 'NUL' } },
    ]);
  });

  it('says what to install where the package is missing, and finds it once it is there', async () => {
    const { load } = moduleOf(async () => ({ stored: 1 }));
    let isInstalled = false;
    const missing = Object.assign(new Error("Cannot find package '@agentops/postgres' imported from …"), {
      code: 'ERR_MODULE_NOT_FOUND',
    });
    const wire = new PostgresWire(
      { timeout: 5000 },
      { load: () => (isInstalled ? load() : Promise.reject(missing)) },
    );
    expect(await wire.post(new Uint8Array(), never)).toEqual({
      outcome: 'retry',
      message: expect.stringContaining('npm install @agentops/postgres'),
    });
    isInstalled = true;
    expect(await wire.post(new Uint8Array(), never)).toEqual({ outcome: 'delivered' });
  });
});
