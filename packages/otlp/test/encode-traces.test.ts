import { decodeTraces, encodeTraceJson, type SpanRow } from '@agentops/otlp';
import { describe, expect, it } from 'vitest';
import { encodeMessage, plainSpan } from './otlp-schema.ts';
import { recordSpans, requestOf } from './recorded-spans.ts';

const span = (fields: object) => ({ ...plainSpan, ...fields });
const attribute = (key: string, value: object) => ({ key, value });

/** Every type a value can have, also where JSON cannot tell. */
const attributes = [
  attribute('text', { stringValue: 'NaN' }),
  attribute('int', { intValue: 1 }),
  attribute('double', { doubleValue: 1 }),
  attribute('fraction', { doubleValue: 1.5 }),
  attribute('large', { intValue: -9223372036854775808n }),
  attribute('nan', { doubleValue: Number.NaN }),
  attribute('bytes', { bytesValue: Buffer.from('raw') }),
  attribute('yes', { boolValue: true }),
  attribute('nothing', {}),
  attribute('a/list', { arrayValue: { values: [{ doubleValue: 2 }, { intValue: 2 }, { arrayValue: {} }] } }),
  attribute('a', { kvlistValue: { values: [attribute('list', { bytesValue: Buffer.from('b') })] } }),
  attribute('__proto__', { kvlistValue: { values: [attribute('x', { doubleValue: 4 })] } }),
];

const request = encodeMessage('Request', {
  resourceSpans: [
    {
      resource: {
        attributes: [
          attribute('service.name', { stringValue: 'one' }),
          attribute('load', { doubleValue: 1 }),
        ],
      },
      scopeSpans: [
        {
          scope: { name: 'scope', version: '1' },
          spans: [
            span({
              attributes,
              traceState: 'k=v',
              flags: 257,
              kind: 3,
              parentSpanId: Buffer.alloc(8, 1),
              status: { code: 2, message: 'no' },
              droppedAttributesCount: 1,
              droppedEventsCount: 2,
              droppedLinksCount: 3,
              events: [{ name: 'event', timeUnixNano: 1700000000000000005n, attributes }],
              links: [{ traceId: plainSpan.traceId, spanId: plainSpan.spanId, attributes, flags: 1 }],
            }),
            span({ endTimeUnixNano: 0 }),
          ],
        },
        { scope: { name: 'scope', version: '2' }, spans: [span({ name: 'other version' })] },
      ],
    },
    { scopeSpans: [{ spans: [span({ name: 'no resource' })] }] },
  ],
});

function exported(rows: SpanRow[]): SpanRow[] {
  return decodeTraces(Buffer.from(JSON.stringify(encodeTraceJson(rows))), 'application/json').rows;
}

describe('rows written as OTLP/JSON', () => {
  it('are the same rows when they are decoded again', () => {
    const { rows } = decodeTraces(request, 'application/x-protobuf');
    expect(rows).toHaveLength(4);
    expect(exported(rows)).toEqual(rows);
  });

  it('are the same rows also after a database has kept them as JSON', () => {
    const { rows } = decodeTraces(request, 'application/x-protobuf');
    const kept = rows.map((row) => ({
      ...row,
      attributes: JSON.parse(JSON.stringify(row.attributes)),
      resource: JSON.parse(JSON.stringify(row.resource)),
    }));
    expect(exported(kept)).toEqual(rows);
  });

  it('are grouped by resource and scope', () => {
    const { resourceSpans } = encodeTraceJson(
      decodeTraces(request, 'application/x-protobuf').rows.toReversed(),
    );
    const shape = resourceSpans.map(({ resource, scopeSpans }) => [
      resource.attributes.length,
      scopeSpans.map(({ scope, spans }) => `${scope.version}: ${spans.length}`),
    ]);
    expect(shape).toEqual([
      [0, [': 1']],
      [2, ['2: 1', '1: 2']],
    ]);
  });

  it('keep the types of every attribute', () => {
    const [row] = decodeTraces(request, 'application/x-protobuf').rows;
    const written = encodeTraceJson(row === undefined ? [] : [row]).resourceSpans[0]?.scopeSpans[0]?.spans[0]
      ?.attributes;
    expect(written?.slice(0, 9)).toEqual([
      attribute('text', { stringValue: 'NaN' }),
      attribute('int', { intValue: '1' }),
      attribute('double', { doubleValue: 1 }),
      attribute('fraction', { doubleValue: 1.5 }),
      attribute('large', { intValue: '-9223372036854775808' }),
      attribute('nan', { doubleValue: 'NaN' }),
      attribute('bytes', { bytesValue: 'cmF3' }),
      attribute('yes', { boolValue: true }),
      attribute('nothing', {}),
    ]);
  });

  it('hold what an OpenTelemetry SDK recorded', () => {
    const spans = recordSpans((tracer) => {
      const recorded = tracer.startSpan('recorded', { attributes: { map: { list: [1, 'two', null] } } });
      recorded.recordException(new Error('boom'));
      recorded.end();
    });
    const { rows } = decodeTraces(requestOf(spans, 'application/x-protobuf'), 'application/x-protobuf');
    expect(exported(rows)).toEqual(rows);
    expect(rows[0]?.events[0]?.attributes).toMatchObject({ 'exception.message': 'boom' });
  });
});
