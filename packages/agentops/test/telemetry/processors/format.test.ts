import { InMemorySpanExporter, type ReadableSpan } from '@opentelemetry/sdk-trace';
import type { InitOptions, SpanFormatter } from 'agentops';
import { describe, expect } from 'vitest';
import { accountOf } from '../../support/invariant.ts';
import { deadPort } from '../../support/otlp-endpoint.ts';
import { recordActions } from '../../support/record-actions.ts';
import { itWithSpool } from '../../support/sending.ts';

const it = itWithSpool
  .extend('memory', () => new InMemorySpanExporter())
  .extend(
    'startFormatting',
    ({ endpoint, memory, start }) =>
      (format: SpanFormatter, more: InitOptions = {}) =>
        start({ exporters: [{ type: 'agentops', endpoint: endpoint.url, format }, memory], ...more }),
  );

const shout: SpanFormatter = (spans) =>
  spans.map((span) => {
    span.attributes['shouted.name'] = span.name.toUpperCase();
    span.resource.attributes['service.name'] = 'SHOP';
    span.instrumentationScope.name.toUpperCase();
    return { ...span, name: span.name.toUpperCase() };
  });

describe('a formatter (T4)', () => {
  it('changes what its exporter sends, and nothing that others see', async ({
    endpoint,
    memory,
    startFormatting,
  }) => {
    const client = startFormatting(shout, { serviceName: 'shop' });
    recordActions('a').end();
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

  it('is asked once for a batch, however often that is sent', async ({ endpoint, startFormatting }) => {
    const asked: number[] = [];
    endpoint.answer({ status: 503 });
    const client = startFormatting((spans) => {
      asked.push(spans.length);
      return spans;
    });
    recordActions('a').end();
    await client.flush();

    expect(asked).toEqual([2]);
    expect(accountOf(client, 'agentops').delivered).toBe(2);
  });

  it('may leave spans out, which is counted and is no error', async ({
    endpoint,
    errors,
    startFormatting,
  }) => {
    const client = startFormatting((spans) => spans.filter(({ name }) => name !== 'action b'));
    recordActions('a', 'b', 'c').end();
    await client.flush();
    recordActions('b').end();
    await client.flush();

    expect(endpoint.names).toEqual(['action a', 'action c', 'run', 'run']);
    expect(accountOf(client, 'agentops')).toMatchObject({ ended: 6, delivered: 4, dropped: { filtered: 2 } });
    expect(errors).toEqual([]);
  });

  it('may leave out all of a batch', async ({ endpoint, startFormatting }) => {
    const client = startFormatting(() => []);
    recordActions('a').end();
    await client.flush();

    expect(endpoint.received).toEqual([]);
    expect(accountOf(client, 'agentops')).toMatchObject({ pending: 0, dropped: { filtered: 2 } });
  });

  it.for<[string, (spans: readonly ReadableSpan[]) => unknown]>([
    ['throws', () => JSON.parse('no')],
    ['returns nothing', () => undefined],
    ['returns a promise', async (spans) => spans],
    ['adds a span', (spans) => [...spans, ...spans]],
    [
      'returns a span of its own',
      (spans) => spans.map((span) => ({ ...span, spanContext: () => ({ traceId: '1', spanId: '2' }) })),
    ],
    ['returns no spans', () => ['text']],
  ])(
    'that %s is reported, and its batch goes as it was',
    async ([_fault, format], { endpoint, errors, startFormatting }) => {
      const client = startFormatting(format as SpanFormatter);
      recordActions('a').end();
      await client.flush();

      expect(endpoint.names).toEqual(['action a', 'run']);
      expect(accountOf(client, 'agentops')).toMatchObject({ delivered: 2, dropped: {} });
      expect(errors).toMatchObject([{ code: 'internal' }]);
      expect(errors[0]?.message).toContain('exporter agentops: format failed');
    },
  );

  it('has changed also what waits in the spool, whatever way it came there', async ({
    endpoint,
    startFormatting,
  }) => {
    const url = `http://127.0.0.1:${await deadPort()}`;
    const exporters = [{ type: 'agentops', endpoint: url, format: shout } as const];
    const client = startFormatting(shout, { exporters, batch: { size: 2, queue: 2 } });
    recordActions('overflow', 'overflow', 'overflow').end();
    await client.flush();
    recordActions('left').end();
    await client.shutdown();
    startFormatting((spans) => spans);
    while (endpoint.confirmed.length < 6) await new Promise(setImmediate);

    const names = endpoint.names.toSorted();
    expect(names).toEqual(['ACTION LEFT', ...Array(3).fill('ACTION OVERFLOW'), 'RUN', 'RUN']);
  });
});
