import { decodeTraces } from '@agentops/otlp';
import { createTraceState, ROOT_CONTEXT, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api';
import { describe, expect, it } from 'vitest';
import { encodeSpans, plainSpan } from './otlp-schema.ts';
import { contentTypes, recordSpans, requestOf, startSpan } from './recorded-spans.ts';

const remote = {
  traceId: '0af7651916cd43dd8448eb211c80319c',
  spanId: 'b7ad6b7169203331',
  traceFlags: 1,
  isRemote: true,
  traceState: createTraceState('vendor=1'),
};

const attributes = {
  'gen_ai.request.model': 'gpt-4o',
  temperature: 0.5,
  seed: 42,
  stream: true,
  stop: ['a', 'b'],
};

/** One span that uses every field OpenTelemetry's SDK can set. */
const fullSpan = recordSpans((tracer) => {
  const span = tracer.startSpan(
    'chat gpt-4o',
    {
      kind: SpanKind.CLIENT,
      startTime: [1_700_000_000, 123_456_789],
      attributes,
      links: [{ context: remote, attributes: { reason: 'retry' } }],
    },
    trace.setSpanContext(ROOT_CONTEXT, remote),
  );
  span.addEvent('first chunk', { index: 0 }, [1_700_000_001, 5]);
  span.setStatus({ code: SpanStatusCode.ERROR, message: 'rate limited' });
  span.end([1_700_000_002, 987_654_321]);
});

describe.each(contentTypes)('D3: a trace request as %s', (contentType) => {
  const decode = (spans: typeof fullSpan) => decodeTraces(requestOf(spans, contentType), contentType);

  it('gives a row with every field of the span', () => {
    expect(decode(fullSpan)).toEqual({
      rejected: [],
      rows: [
        {
          trace_id: remote.traceId,
          span_id: fullSpan[0]?.spanContext().spanId,
          parent_span_id: remote.spanId,
          trace_state: 'vendor=1',
          flags: 0x301,
          operation_name: 'chat gpt-4o',
          kind: 3,
          start_time: 1_700_000_000_123_456_789n,
          end_time: 1_700_000_002_987_654_321n,
          status: 2,
          status_message: 'rate limited',
          session_id: '0af76519-16cd-43dd-8448-eb211c80319c',
          service_name: 'shop',
          span_kind: null,
          event_type: null,
          agent_id: null,
          agent_name: null,
          provider: null,
          model: 'gpt-4o',
          input_tokens: null,
          output_tokens: null,
          cache_read_tokens: null,
          cache_write_tokens: null,
          reasoning_tokens: null,
          cost: null,
          user_id: null,
          conversation_id: null,
          scope_name: 'shop.agents',
          scope_version: '2.1.0',
          attributes,
          resource: expect.objectContaining({ 'service.name': 'shop', 'host.cpus': 8 }),
          events: [{ name: 'first chunk', time: '1700000001000000005', attributes: { index: 0 } }],
          links: [
            {
              trace_id: remote.traceId,
              span_id: remote.spanId,
              trace_state: 'vendor=1',
              flags: 0x301,
              attributes: { reason: 'retry' },
            },
          ],
          types: null,
          dropped: null,
        },
      ],
    });
  });

  it('counts what the limits of the sender dropped', () => {
    const limits = { attributeCountLimit: 1, eventCountLimit: 2, linkCountLimit: 1 };
    const spans = recordSpans(
      (tracer) => {
        const span = tracer.startSpan('span', { attributes: { a: 1, b: 2, c: 3 } });
        for (const name of ['1', '2', '3']) span.addEvent(name, { a: 1, b: 2 });
        span.end();
      },
      { ...limits, attributePerEventCountLimit: 1 },
    );
    const [row] = decode(spans).rows;
    expect(row?.dropped).toEqual({ attributes: 2, events: 1 });
    expect(row?.events.map((event) => event.dropped)).toEqual([1, 1]);
  });

  it('takes a span that has not ended as unfinished', () => {
    expect(decode([startSpan('running')]).rows).toMatchObject([
      { operation_name: 'running', end_time: null },
    ]);
  });

  it('keeps the spans of all scopes', () => {
    const spans = recordSpans((tracer) => {
      tracer.startSpan('first').end();
      tracer.startSpan('second').end();
    });
    const rows = decode([...spans, ...fullSpan]).rows;
    expect(rows.map((row) => row.operation_name).sort()).toEqual(['chat gpt-4o', 'first', 'second']);
  });
});

describe('D3: a span that is not quite right', () => {
  const decode = (...spans: Record<string, unknown>[]) =>
    decodeTraces(encodeSpans(...spans), 'application/x-protobuf');

  it.each([
    ['a trace id that is too short', { traceId: Buffer.from('0af7651916', 'hex') }, /trace id/],
    ['a trace id of zeros', { traceId: Buffer.alloc(16) }, /trace id/],
    ['no trace id', { traceId: Buffer.alloc(0) }, /trace id/],
    ['a span id that is too long', { spanId: Buffer.alloc(9, 1) }, /span id/],
    ['a span id of zeros', { spanId: Buffer.alloc(8) }, /span id/],
    ['a parent id that is too short', { parentSpanId: Buffer.alloc(7, 1) }, /parent span id/],
    ['no start time', { startTimeUnixNano: 0 }, /start time/],
    ['a start beyond what the store can hold', { startTimeUnixNano: 9223372036854775808n }, /2262/],
    ['an end beyond what the store can hold', { endTimeUnixNano: 18446744073709551615n }, /2262/],
  ])('is left out alone for %s', (_flaw, fields, reason) => {
    const { rows, rejected } = decode(
      { ...plainSpan, name: 'before' },
      { ...plainSpan, ...fields },
      plainSpan,
    );
    expect(rows.map((row) => row.operation_name)).toEqual(['before', 'plain']);
    expect(rejected).toEqual([
      {
        trace_id: expect.any(String),
        span_id: expect.any(String),
        reason: expect.stringMatching(reason),
        row: expect.objectContaining({ operation_name: 'plain' }),
      },
    ]);
  });

  it('is named by the ids it came with', () => {
    const { rejected } = decode({ ...plainSpan, spanId: Buffer.alloc(8) });
    expect(rejected).toMatchObject([
      { trace_id: '0af7651916cd43dd8448eb211c80319c', span_id: '0000000000000000' },
    ]);
  });

  it('is a root where its parent id is all zero', () => {
    expect(decode({ ...plainSpan, parentSpanId: Buffer.alloc(8) }).rows).toMatchObject([
      { parent_span_id: null },
    ]);
  });

  it('took no time where it ends before it starts', () => {
    const { rows } = decode({ ...plainSpan, startTimeUnixNano: 1700000000000000500n });
    expect(rows).toMatchObject([
      { start_time: 1_700_000_000_000_000_500n, end_time: 1_700_000_000_000_000_500n },
    ]);
  });

  it('has an unspecified kind and status where it came with ones nobody knows', () => {
    expect(decode({ ...plainSpan, kind: 9, status: { code: 9 } }).rows).toMatchObject([
      { kind: 0, status: 0 },
    ]);
  });

  it('keeps the attributes of a link without valid ids', () => {
    const links = [
      {
        traceId: Buffer.alloc(16),
        spanId: Buffer.alloc(2),
        attributes: [{ key: 'why', value: { stringValue: 'x' } }],
      },
    ];
    expect(decode({ ...plainSpan, links }).rows[0]?.links).toMatchObject([
      { trace_id: '', span_id: '', attributes: { why: 'x' } },
    ]);
  });

  it('belongs to an unknown service where the resource names none', () => {
    expect(decode(plainSpan).rows).toMatchObject([{ service_name: 'unknown_service', resource: {} }]);
  });

  it('has its name cut to 256 characters, never through one', () => {
    expect(decode({ ...plainSpan, name: `${'n'.repeat(255)}😀` }).rows[0]?.operation_name).toBe(
      'n'.repeat(255),
    );
    expect(decode({ ...plainSpan, name: `${'n'.repeat(254)}😀!` }).rows[0]?.operation_name).toBe(
      `${'n'.repeat(254)}😀`,
    );
  });
});
