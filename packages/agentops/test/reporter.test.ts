import { DiagLogLevel, diag } from '@opentelemetry/api';
import { InMemorySpanExporter } from '@opentelemetry/sdk-trace';
import { type InitOptions, init, shutdown, startSession, tool } from 'agentops';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { deadPort } from './support/otlp-endpoint.ts';
import { captureStandardError } from './support/standard-error.ts';

let written: string[];

beforeEach(() => {
  written = captureStandardError();
});

afterEach(async () => {
  await shutdown();
  diag.disable();
  vi.restoreAllMocks();
});

function start(options: InitOptions = {}) {
  return init({ exporters: [], session: { mode: 'multi' }, ...options });
}

describe('what the SDK says about itself', () => {
  it('is a warning on standard error, the first time a thing happens', () => {
    const client = start();
    for (let n = 0; n < 50; n += 1) tool('search', () => {});

    expect(written).toHaveLength(1);
    expect(written[0]).toMatch(/^agentops warn: tool: no session is open; .*\n$/);
    expect(client.stats().errors.no_session).toBe(50);
  });

  it('tells a handler that makes errors itself only of the first', () => {
    const seen: string[] = [];
    const client = start({
      onError: ({ code }) => {
        seen.push(code);
        tool('report', () => {});
      },
    });
    tool('search', () => {});

    expect(seen).toEqual(['no_session']);
    expect(client.stats().errors.no_session).toBe(2);
  });

  it('survives a handler that fails later', async () => {
    const unhandled: unknown[] = [];
    const listen = (reason: unknown) => unhandled.push(reason);
    process.on('unhandledRejection', listen);
    start({ onError: (async () => Promise.reject(new Error('later'))) as never });
    tool('search', () => {});
    await new Promise(setImmediate);
    process.off('unhandledRejection', listen);

    expect(unhandled).toEqual([]);
  });

  it('names a dead endpoint once, with address and cause, however often it is tried', async () => {
    const port = await deadPort();
    const client = start({
      exporters: [{ type: 'agentops', endpoint: `http://127.0.0.1:${port}` }],
      retry: { initial: 1, max: 1, attempts: 5 },
    });
    startSession().end();
    await client.flush();

    expect(written).toHaveLength(2);
    expect(written[0]).toMatch(
      new RegExp(`warn: exporter agentops: cannot reach http://127.0.0.1:${port}/v1/traces: .*ECONNREFUSED`),
    );
    expect(written[1]).toMatch(
      /error: exporter agentops: spans are kept on disk and sent later \(export_failed\)/,
    );
  });

  it('tells of sessions from level info on', () => {
    start({ logs: { level: 'info' } });
    const run = startSession({ name: 'run' });
    run.end('Fail', 'no answer');

    expect(written).toEqual([
      `agentops info: session ${run.id} (run) started  span_id=${run.span.spanContext().spanId}\n`,
      `agentops info: session ${run.id} (run) ended: Fail, no answer  span_id=${run.span.spanContext().spanId}\n`,
    ]);
  });

  it('tells of spans, events and exports at level debug only', async () => {
    const exporter = new InMemorySpanExporter();
    const client = start({ exporters: [exporter], logs: { level: 'debug' } });
    const run = startSession({ name: 'run' });
    run.run(() => tool('search', () => {}));
    run.end();
    await client.flush();

    expect(written.map((line) => line.replace(/ {2}.*|[\d.]+ ms/g, '').trim())).toEqual([
      'agentops debug: span run started',
      `agentops info: session ${run.id} (run) started`,
      'agentops debug: event execute_tool search started',
      'agentops debug: event execute_tool search ended after',
      'agentops debug: span run ended after',
      `agentops info: session ${run.id} (run) ended: Indeterminate`,
      'agentops debug: exporter InMemorySpanExporter: sending 2 spans',
      'agentops debug: exporter InMemorySpanExporter: 2 spans delivered after',
    ]);
    expect(written[2]).toContain(`session_id=${run.id} event_type=tools`);
    expect(written[3]).toContain(`session_id=${run.id}`);
  });

  it('tells at the shutdown how often it has left a thing unsaid', async () => {
    const client = start();
    for (let n = 0; n < 50; n += 1) tool('search', () => {});
    await client.shutdown();

    expect(written).toHaveLength(2);
    expect(written[1]).toMatch(
      /^agentops warn: tool: no session is open; .*\(and 49 times more in the last minute\)/,
    );
  });

  it('shows the stack of a fault inside the SDK', () => {
    start({
      processors: [
        {
          onStart() {
            throw new TypeError('processor broke');
          },
          onEnd() {},
          forceFlush: async () => {},
          shutdown: async () => {},
        },
      ],
    });
    startSession({ name: 'run' });

    expect(written[0]).toMatch(
      /^agentops error: .*processor broke {2}code=internal\n {2}TypeError: processor broke\n {4}at /,
    );
  });

  it('is nothing at level silent, and still reaches onError', () => {
    const errors: unknown[] = [];
    start({ logs: { level: 'silent' }, onError: (error) => errors.push(error) });
    tool('search', () => {});

    expect(written).toEqual([]);
    expect(errors).toHaveLength(1);
  });

  it("goes to OpenTelemetry's diag as well, and survives a logger that throws", () => {
    const said: string[] = [];
    const broken = (): never => {
      throw new Error('logger broke');
    };
    const logger = {
      error: broken,
      info: broken,
      debug() {},
      verbose() {},
      warn: (text: string) => said.push(text),
    };
    diag.setLogger(logger, { logLevel: DiagLogLevel.INFO, suppressOverrideMessage: true });
    start({ logs: { level: 'silent' } });
    tool('search', () => {});
    startSession().end();

    expect(said).toEqual([expect.stringMatching(/^agentops: tool: no session is open/)]);
  });
});
