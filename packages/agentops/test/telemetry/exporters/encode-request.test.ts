import { decodeTraces } from '@agentops/otlp';
import {
  type Attributes,
  createTraceState,
  type HrTime,
  type Link,
  type SpanContext,
} from '@opentelemetry/api';
import { ProtobufTraceSerializer } from '@opentelemetry/otlp-transformer';
import { resourceFromAttributes } from '@opentelemetry/resources';
import type { ReadableSpan } from '@opentelemetry/sdk-trace';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { encodeRequest } from '../../../src/telemetry/exporters/encode-request.ts';
import { OtlpWire } from '../../../src/telemetry/exporters/otlp-wire.ts';
import { SpanCopy } from '../../../src/telemetry/span-copy.ts';
import { sampleSpans } from '../../support/sample-spans.ts';

/** Lengths at which protobuf takes one byte more to write them. */
const EDGES = [127, 128, 16_383, 16_384];

const text = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.constantFrom('', '\u0000', '\ud800', 'a\udc00b', '😀', '\ud83d'),
  fc.tuple(fc.constantFrom('a', 'é', '€', '😀', '\ud800'), fc.nat(400)).map(([unit, n]) => unit.repeat(n)),
);

const number = fc.oneof(
  fc.integer(),
  fc.maxSafeInteger(),
  fc.double(),
  fc.constantFrom(
    -0,
    2 ** 31,
    2 ** 32,
    2 ** 53,
    2 ** 63,
    -(2 ** 63),
    2 ** 63 - 1024,
    -(2 ** 31),
    -(2 ** 32),
    -1,
  ),
);

const { value } = fc.letrec<{ value: unknown; list: unknown[]; map: Record<string, unknown> }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    text,
    number,
    fc.boolean(),
    fc.uint8Array({ maxLength: 300 }),
    fc.constantFrom(null, undefined),
    tie('list'),
    tie('map'),
  ),
  list: fc.array(tie('value'), { maxLength: 5 }),
  map: fc.dictionary(text, tie('value'), { maxKeys: 5 }),
}));

const attributes = fc.dictionary(text, value, { maxKeys: 12 }) as fc.Arbitrary<Attributes>;

const hex = (digits: number) => fc.stringMatching(new RegExp(`^[0-9a-fA-F]{${digits}}$`));

const spanContext: fc.Arbitrary<SpanContext> = fc.record(
  {
    traceId: hex(32),
    spanId: hex(16),
    traceFlags: fc.nat(255),
    isRemote: fc.boolean(),
    traceState: fc.constantFrom(createTraceState('vendor=1,other=2'), createTraceState('')),
  },
  { requiredKeys: ['traceId', 'spanId', 'traceFlags'] },
);

const time: fc.Arbitrary<HrTime> = fc.tuple(
  fc.oneof(fc.integer({ min: 0, max: 2 ** 34 - 1 }), fc.constantFrom(0, 65_535, 65_536, 1_763_726_400)),
  fc.nat(999_999_999),
);

const count = fc.oneof(fc.constant(0), fc.nat(100_000));

const event: fc.Arbitrary<ReadableSpan['events'][number]> = fc.record(
  { time, name: text, attributes, droppedAttributesCount: count },
  { requiredKeys: ['time', 'name'] },
);

const link: fc.Arbitrary<Link> = fc.record(
  { context: spanContext, attributes, droppedAttributesCount: count },
  { requiredKeys: ['context'] },
);

const resources = [
  resourceFromAttributes({ 'service.name': 'shop', ports: [1, 2], nested: { zone: 'é' } }),
  resourceFromAttributes({ 'service.name': 'bank' }, { schemaUrl: 'https://example.com/schema' }),
];

const scopes: ReadableSpan['instrumentationScope'][] = [
  { name: 'first' },
  { name: 'second', version: '2.0', schemaUrl: 'https://example.com/scope' },
  { name: '', version: '' },
];

const span: fc.Arbitrary<ReadableSpan> = fc
  .record({
    context: spanContext,
    parentSpanContext: fc.option(spanContext, { nil: undefined }),
    name: text,
    kind: fc.nat(4),
    startTime: time,
    endTime: time,
    status: fc.record({ code: fc.nat(2), message: text }, { requiredKeys: ['code'] }),
    attributes,
    events: fc.array(event, { maxLength: 3 }),
    links: fc.array(link, { maxLength: 3 }),
    droppedAttributesCount: count,
    droppedEventsCount: count,
    droppedLinksCount: count,
    resource: fc.constantFrom(...resources),
    instrumentationScope: fc.constantFrom(...scopes),
  })
  .map(({ context, parentSpanContext, ...rest }) => ({
    ...rest,
    ...(parentSpanContext !== undefined && { parentSpanContext }),
    spanContext: () => context,
    duration: [0, 0],
    ended: true,
  }));

function expectTheSame(batch: ReadableSpan[]): void {
  const expected = ProtobufTraceSerializer.serializeRequest(batch) ?? new Uint8Array();
  expect(Buffer.compare(encodeRequest(batch), expected)).toBe(0);
}

function sampleWith(changes: Partial<ReadableSpan>): ReadableSpan[] {
  return sampleSpans('search').map((span) => ({
    ...span,
    spanContext: () => span.spanContext(),
    resource: span.resource,
    ...changes,
  }));
}

describe('the OTLP protobuf request that carries a batch (T2)', () => {
  it('is byte for byte what OpenTelemetry’s serializer makes of it', () => {
    expectTheSame([]);
    expectTheSame(sampleSpans('search', 'book'));
    fc.assert(fc.property(fc.array(span, { maxLength: 6 }), expectTheSame), { numRuns: 300 });
  });

  it.each(EDGES)('has the right lengths around %d bytes', (edge) => {
    for (const unit of ['a', 'é', '€', '😀']) {
      for (const length of [edge - 4, edge - 2, edge - 1, edge, edge + 1]) {
        const long = unit.repeat(length / Buffer.byteLength(unit));
        expectTheSame(sampleWith({ name: long, attributes: { long, longs: [long, { long }] } }));
        expectTheSame(sampleWith({ attributes: { bytes: Buffer.alloc(length, 1) } }));
      }
    }
  });

  it.each(['a', '€'])('carries texts of megabytes (%s)', (unit) => {
    const long = unit.repeat(3_000_000);
    expectTheSame(sampleWith({ attributes: { long, longs: [long], after: 1 } }));
  });

  it('carries what JavaScript lets through where a text belongs', () => {
    const batch = sampleWith({
      name: undefined as unknown as string,
      instrumentationScope: { name: 'a library', version: 2 as unknown as string },
    });
    const { rows } = decodeTraces(Buffer.from(encodeRequest(batch)), 'application/x-protobuf');
    expect(rows.map(({ operation_name, scope_version }) => [operation_name, scope_version])).toEqual(
      batch.map(() => ['', '2']),
    );
  });

  it('carries a span of times before 1970 or no times at all without an error', () => {
    for (const time of [
      [-1, 0],
      [0, -1],
      [Number.NaN, Number.NaN],
      [1e300, 0],
    ] satisfies HrTime[]) {
      expect(() => encodeRequest(sampleWith({ startTime: time, endTime: time }))).not.toThrow();
    }
  });

  it.each(['protobuf', 'json'] as const)(
    'carries a span that was ended at no time as one that took none (%s)',
    (encoding) => {
      const wire = new OtlpWire({ endpoint: 'http://localhost:1/v1/traces', protocol: `http/${encoding}` });
      const [root, span] = sampleSpans('a') as [ReadableSpan, ReadableSpan];
      const batch = [
        new SpanCopy(root, { endTime: [Number.NaN, Number.NaN] }),
        new SpanCopy(span, {
          events: [{ time: [Number.NaN, 0], name: 'when?' }],
          endTime: [span.endTime[0], 0.5],
        }),
      ];
      const body = wire.encode(batch) ?? new Uint8Array();
      const { rows } = decodeTraces(
        Buffer.from(body),
        encoding === 'json' ? 'application/json' : 'application/x-protobuf',
      );
      expect(rows).toHaveLength(2);
      expect(rows.map(({ end_time }) => end_time)).not.toContain(null);
      expect(rows[0]?.end_time).toBe(rows[0]?.start_time);
      expect(rows[1]?.events).toMatchObject([{ name: 'when?', time: '0' }]);
      wire.close();
    },
  );
});
