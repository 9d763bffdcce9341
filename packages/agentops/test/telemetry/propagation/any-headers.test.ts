import { type PropagationFormat, shutdown, stats, TraceContext } from 'agentops';
import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import { startRecording } from '../../support/recording.ts';

afterEach(() => shutdown());

const RUNS = { numRuns: 2000 };
const HOST = 'orders.internal';

const hex = (digits: number) =>
  fc
    .array(fc.integer({ min: 0, max: 15 }), { minLength: digits, maxLength: digits })
    .map((values) => values.map((value) => value.toString(16)).join(''))
    .filter((text) => /[^0]/.test(text));

const place = fc.record({ traceId: hex(32), spanId: hex(16), sampled: fc.boolean() });

/** What each header looks like when it is right. */
const RIGHT: Readonly<Record<string, fc.Arbitrary<string>>> = {
  traceparent: place.map(({ traceId, spanId, sampled }) => `00-${traceId}-${spanId}-0${sampled ? 1 : 0}`),
  tracestate: fc
    .array(fc.tuple(fc.stringMatching(/^[a-z][a-z\d]{0,8}$/), fc.stringMatching(/^[a-z\d]{1,9}$/)))
    .map((members) => members.map((member) => member.join('=')).join(',')),
  b3: place.map(({ traceId, spanId, sampled }) => `${traceId}-${spanId}-${sampled ? 1 : 0}`),
  'x-b3-traceid': hex(32),
  'x-b3-spanid': hex(16),
  'x-b3-sampled': fc.constantFrom('0', '1', 'true', 'd'),
  'uber-trace-id': place.map(({ traceId, spanId, sampled }) => `${traceId}:${spanId}:0:${sampled ? 1 : 0}`),
  baggage: fc
    .array(fc.tuple(fc.stringMatching(/^[a-z]{1,9}$/), fc.string().map(encodeURIComponent)))
    .map((pairs) => pairs.map((pair) => pair.join('=')).join(',')),
};

/** A right one, with one stretch of it replaced. */
const almost = (right: fc.Arbitrary<string>): fc.Arbitrary<string> =>
  fc
    .tuple(right, fc.nat(), fc.nat({ max: 4 }), fc.string({ unit: 'binary', maxLength: 4 }))
    .map(([text, at, length, put]) => {
      const start = at % (text.length + 1);
      return text.slice(0, start) + put + text.slice(start + length);
    });

/** Whatever may stand where a header's value is expected. */
const value = (header: string): fc.Arbitrary<unknown> => {
  const right = RIGHT[header] ?? fc.string();
  const text = fc.oneof(
    right,
    almost(right),
    fc.string({ unit: 'binary' }),
    fc.string({ maxLength: 20_000 }),
  );
  return fc.oneof(
    { weight: 8, arbitrary: text },
    { weight: 2, arbitrary: fc.array(text, { maxLength: 3 }) },
    fc.uint8Array().map((bytes) => Buffer.from(bytes)),
    fc.anything(),
  );
};

const carrier = fc.record(Object.fromEntries(Object.keys(RIGHT).map((header) => [header, value(header)])), {
  requiredKeys: [],
});

/** Written so that every reader understands it. */
function expectWritten(written: Readonly<Record<string, string>>): void {
  if ('traceparent' in written) {
    expect(written.traceparent).toMatch(/^00-(?!0{32})[\da-f]{32}-(?!0{16})[\da-f]{16}-0[0-3]$/);
  }
  expect((written.tracestate ?? '').length).toBeLessThanOrEqual(512);
  const baggage = written.baggage ?? '';
  expect(baggage.length).toBeLessThanOrEqual(8192);
  for (const pair of baggage.split(',')) expect(pair.length).toBeLessThanOrEqual(4096);
  // Printable ASCII alone, so that no HTTP library throws and no header ends early.
  for (const text of Object.values(written)) expect(text).toMatch(/^[\x20-\x7e]*$/);
}

describe('headers of any kind (C1)', () => {
  it('never throw, and what is taken of them is written as it should be', () => {
    const { errors } = startRecording({
      context: { propagation: ['w3c', 'b3', 'b3multi'], baggage: { hosts: [HOST] } },
    });
    let taken = 0;
    fc.assert(
      fc.property(carrier, (headers) => {
        const read = TraceContext.extract(headers);
        taken += read.isValid ? 1 : 0;
        expect(read.isValid).toBe(read.traceId !== undefined);
        expectWritten(read.inject<Record<string, string>>({}, { to: HOST }));
        expectWritten(read.toJSON() as Record<string, string>);
      }),
      RUNS,
    );
    expect(errors).toEqual([]);
    // Else this would say nothing about what is written.
    expect(taken).toBeGreaterThan(RUNS.numRuns / 10);
  });

  it('are as harmless in Headers and Maps', () => {
    const { errors } = startRecording();
    fc.assert(
      fc.property(carrier, (headers) => {
        TraceContext.extract(new Map(Object.entries(headers)));
      }),
      RUNS,
    );
    expect(errors).toEqual([]);
  });

  it('may be anything but headers', () => {
    const { errors } = startRecording();
    fc.assert(
      fc.property(fc.anything(), (anything) => {
        expect(TraceContext.extract(anything).isValid).toBe(false);
      }),
      RUNS,
    );
    expect(errors).toEqual([]);
  });

  it('that make no sense are counted', () => {
    startRecording();
    const before = { ...stats().propagation.ignored };
    TraceContext.extract({ traceparent: '00-zz-zz-01' });
    TraceContext.extract({ tracestate: `a=${'b'.repeat(600)}` });
    expect(stats().propagation.ignored).toEqual({
      ...before,
      invalid: before.invalid + 1,
      oversized: before.oversized + 1,
    });
  });

  it('that cannot be looked at are reported, and never thrown', () => {
    const { errors } = startRecording();
    const hostile = new Proxy(
      {},
      {
        get: () => {
          throw new Error('no');
        },
        ownKeys: () => {
          throw new Error('no');
        },
      },
    );
    expect(TraceContext.extract(hostile).isValid).toBe(false);
    expect(errors.length).toBeGreaterThan(0);
  });
});

describe('a trace context that is written and read (C1)', () => {
  it.each<PropagationFormat>(['w3c', 'b3', 'b3multi'])('is the same after %s', (format) => {
    startRecording({ context: { propagation: [format] } });
    fc.assert(
      fc.property(place, ({ traceId, spanId, sampled }) => {
        const traceparent = `00-${traceId}-${spanId}-0${sampled ? 1 : 0}`;
        const written = TraceContext.extract({ traceparent }).inject({});
        const read = TraceContext.extract(written);
        expect(read).toMatchObject({ traceId, spanId, isSampled: sampled });
      }),
      RUNS,
    );
  });

  it('is the same as plain data, and in an environment', () => {
    startRecording();
    fc.assert(
      fc.property(RIGHT.traceparent as fc.Arbitrary<string>, (traceparent) => {
        const read = TraceContext.extract({ traceparent });
        expect(TraceContext.fromJSON(JSON.stringify(read))).toMatchObject({
          traceId: read.traceId,
          spanId: read.spanId,
          isSampled: read.isSampled,
        });
        expect(TraceContext.fromEnvironment(read.toEnvironment({})).toJSON()).toEqual({ traceparent });
      }),
      RUNS,
    );
  });

  it('keeps entries of baggage, whatever they say', () => {
    startRecording({ context: { baggage: { hosts: [HOST] } } });
    const key = fc.stringMatching(/^[a-z][a-z\d_.-]{0,20}$/).filter((name) => name !== '__proto__');
    const text = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 20 });
    const entries = fc.dictionary(key, text, { maxKeys: 5, noNullPrototype: true });
    fc.assert(
      fc.property(RIGHT.traceparent as fc.Arbitrary<string>, entries, (traceparent, baggage) => {
        const written = TraceContext.extract({ traceparent })
          .withBaggage(baggage)
          .inject<Record<string, string>>({}, { to: HOST });
        expectWritten(written);
        expect(TraceContext.extract(written).baggage).toEqual(baggage);
      }),
      RUNS,
    );
  });
});
