import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { InMemorySpanExporter, type ReadableSpan } from '@opentelemetry/sdk-trace';
import {
  ActionEvent,
  type AgentOpsError,
  type InitOptions,
  init,
  type SpanFormatter,
  shutdown,
  startSession,
} from 'agentops';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { accountOf } from '../../support/invariant.ts';
import { deadPort, OtlpEndpoint } from '../../support/otlp-endpoint.ts';

let directory: string;
let endpoint: OtlpEndpoint;
let memory: InMemorySpanExporter;
let errors: AgentOpsError[];

beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), 'agentops-format-'));
  endpoint = await OtlpEndpoint.start();
  memory = new InMemorySpanExporter();
  errors = [];
});

afterEach(async () => {
  await shutdown();
  await endpoint.stop();
  rmSync(directory, { recursive: true });
});

function start(format: SpanFormatter, options: InitOptions = {}) {
  return init({
    exporters: [{ type: 'agentops', endpoint: endpoint.url, format }, memory],
    spool: { directory },
    retry: { initial: 1, max: 1, attempts: 2 },
    logs: { level: 'silent' },
    onError: (error) => errors.push(error),
    ...options,
  });
}

function recordActions(...names: string[]): void {
  const run = startSession({ name: 'run' });
  for (const actionType of names) run.record(new ActionEvent({ actionType }));
  run.end();
}

const shout: SpanFormatter = (spans) =>
  spans.map((span) => {
    span.attributes['shouted.name'] = span.name.toUpperCase();
    span.resource.attributes['service.name'] = 'SHOP';
    span.instrumentationScope.name.toUpperCase();
    return { ...span, name: span.name.toUpperCase() };
  });

describe('a formatter (T4)', () => {
  it('changes what its exporter sends, and nothing that others see', async () => {
    const client = start(shout, { serviceName: 'shop' });
    recordActions('a');
    await client.flush();

    expect(endpoint.names).toEqual(['ACTION A', 'RUN']);
    expect(endpoint.received[0]?.spans[0]).toMatchObject({
      service_name: 'SHOP',
      attributes: { 'shouted.name': 'ACTION A' },
    });
    const [seen] = memory.getFinishedSpans();
    expect(seen?.name).toBe('action a');
    expect(seen?.attributes).not.toHaveProperty('shouted.name');
    expect(seen?.resource.attributes['service.name']).toBe('shop');
  });

  it('is asked once for a batch, however often that is sent', async () => {
    const asked: number[] = [];
    endpoint.answer({ status: 503 });
    const client = start((spans) => {
      asked.push(spans.length);
      return spans;
    });
    recordActions('a');
    await client.flush();

    expect(asked).toEqual([2]);
    expect(accountOf(client, 'agentops').delivered).toBe(2);
  });

  it('may leave spans out, which is counted and is no error', async () => {
    const client = start((spans) => spans.filter(({ name }) => name !== 'action b'));
    recordActions('a', 'b', 'c');
    await client.flush();
    recordActions('b');
    await client.flush();

    expect(endpoint.names).toEqual(['action a', 'action c', 'run', 'run']);
    expect(accountOf(client, 'agentops')).toMatchObject({ ended: 6, delivered: 4, dropped: { filtered: 2 } });
    expect(errors).toEqual([]);
  });

  it('may leave out all of a batch', async () => {
    const client = start(() => []);
    recordActions('a');
    await client.flush();

    expect(endpoint.received).toEqual([]);
    expect(accountOf(client, 'agentops')).toMatchObject({ pending: 0, dropped: { filtered: 2 } });
  });

  it.each<[string, (spans: readonly ReadableSpan[]) => unknown]>([
    ['throws', () => JSON.parse('no')],
    ['returns nothing', () => undefined],
    ['returns a promise', async (spans) => spans],
    ['adds a span', (spans) => [...spans, ...spans]],
    [
      'returns a span of its own',
      (spans) => spans.map((span) => ({ ...span, spanContext: () => ({ traceId: '1', spanId: '2' }) })),
    ],
    ['returns no spans', () => ['text']],
  ])('that %s is reported, and its batch goes as it was', async (_fault, format) => {
    const client = start(format as SpanFormatter);
    recordActions('a');
    await client.flush();

    expect(endpoint.names).toEqual(['action a', 'run']);
    expect(accountOf(client, 'agentops')).toMatchObject({ delivered: 2, dropped: {} });
    expect(errors).toMatchObject([{ code: 'internal' }]);
    expect(errors[0]?.message).toContain('exporter agentops: format failed');
  });

  it('has changed also what waits in the spool, whatever way it came there', async () => {
    const url = `http://127.0.0.1:${await deadPort()}`;
    const exporters = [{ type: 'agentops', endpoint: url, format: shout } as const];
    const client = start(shout, { exporters, batch: { size: 2, queue: 2 } });
    recordActions('overflow', 'overflow', 'overflow');
    await client.flush();
    recordActions('left');
    await client.shutdown();
    start((spans) => spans);
    while (endpoint.confirmed.length < 6) await new Promise(setImmediate);

    const names = endpoint.names.toSorted();
    expect(names).toEqual(['ACTION LEFT', ...Array(3).fill('ACTION OVERFLOW'), 'RUN', 'RUN']);
  });
});
