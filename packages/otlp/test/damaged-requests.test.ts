import { decodeTraces, OtlpDecodeError } from '@agentops/otlp';
import { describe, expect, it } from 'vitest';
import { contentTypes, recordSpans, requestOf } from './recorded-spans.ts';

const spans = recordSpans((tracer) => {
  for (const name of ['first', 'second']) {
    const span = tracer.startSpan(name, {
      attributes: {
        text: 'grüße',
        list: [1, 2.5, 3],
        map: { deep: { er: [true] } },
        bytes: new Uint8Array([1, 2]),
        big: 2 ** 60,
      },
    });
    span.addEvent('event', { a: 1 });
    span.addLink({ context: span.spanContext(), attributes: { b: 'c' } });
    span.end();
  }
});

/** A generator of pseudo-random 32-bit integers (mulberry32): every run damages the same bytes. */
function randomIntegers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return (mixed ^ (mixed >>> 14)) >>> 0;
  };
}

describe.each(contentTypes)('D3: a damaged request as %s', (contentType) => {
  const intact = requestOf(spans, contentType);

  /** How many spans came of it; an error other than the one that says so fails the test. */
  function outcome(body: Uint8Array): number | 'refused' {
    try {
      const { rows, rejected } = decodeTraces(body, contentType);
      JSON.stringify(rows, (_key, value) => (typeof value === 'bigint' ? value.toString() : value));
      return rows.length + rejected.length;
    } catch (error) {
      if (error instanceof OtlpDecodeError) return 'refused';
      throw error;
    }
  }

  it('is refused or decoded in part, wherever it is cut', () => {
    for (let length = 0; length < intact.length; length++) {
      expect([0, 1, 2, 'refused']).toContain(outcome(intact.subarray(0, length)));
    }
    expect(outcome(intact)).toBe(2);
  });

  it('is refused or decoded, whichever bytes are changed', () => {
    const random = randomIntegers(20_260_301);
    const outcomes = new Set<unknown>();
    for (let round = 0; round < 20_000; round++) {
      const body = Uint8Array.from(intact);
      for (let changes = 1 + (random() % 4); changes > 0; changes--)
        body[random() % body.length] = random() & 0xff;
      outcomes.add(outcome(body));
    }
    expect(outcomes).toContain('refused');
    expect(outcomes).toContain(2);
  });
});
