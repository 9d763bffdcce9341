import { decodeTraces } from '@agentops/otlp';
import { ProtobufTraceSerializer } from '@opentelemetry/otlp-transformer';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { type ReadableSpan, TracerProvider } from '@opentelemetry/sdk-trace';
import { describe, expect, it } from 'vitest';
import { halveRequest } from '../../../src/telemetry/exporters/halve-request.ts';
import { Random } from '../../support/random.ts';

/** Spans of two services with two scopes each, in turn. */
function spans(count: number): ReadableSpan[] {
  const tracers = ['shop', 'bank'].flatMap((service) => {
    const provider = new TracerProvider({ resource: resourceFromAttributes({ 'service.name': service }) });
    return [provider.getTracer('first'), provider.getTracer('second', '2.0')];
  });
  return Array.from({ length: count }, (_, n) => {
    const span = tracers[n % 4]?.startSpan(`s${n}`, { attributes: { n, text: 'x'.repeat(n * 40) } });
    span?.end();
    return span as unknown as ReadableSpan;
  });
}

function request(count: number): Uint8Array {
  const bytes = ProtobufTraceSerializer.serializeRequest(spans(count));
  if (bytes === undefined) throw new Error('not serialised');
  return bytes;
}

const rowsOf = (bytes: Uint8Array) => decodeTraces(Buffer.from(bytes), 'application/x-protobuf').rows;

describe('a request that is cut into halves (T4)', () => {
  it.each([2, 3, 7, 100])('of %d spans loses nothing of them', (count) => {
    const whole = request(count);
    const halves = halveRequest(whole) ?? [];
    expect(halves.map((half) => half.spans)).toEqual([count >> 1, count - (count >> 1)]);
    expect(halves.map((half) => rowsOf(half.request).length)).toEqual(halves.map((half) => half.spans));

    expect(halves.flatMap((half) => rowsOf(half.request))).toEqual(rowsOf(whole));
  });

  it.each([0, 1])('is not cut with %d spans', (count) => {
    expect(halveRequest(request(count))).toBeUndefined();
  });

  it('is not cut where it is no request', () => {
    const random = new Random(1);
    const whole = request(8);
    for (let times = 0; times < 500; times += 1) {
      const damaged = Uint8Array.from(whole.subarray(0, random.between(0, whole.length)));
      damaged[random.between(0, damaged.length)] = random.between(0, 256);
      expect(() => halveRequest(damaged)).not.toThrow();
    }
    expect(halveRequest(Buffer.from('hello'))).toBeUndefined();
  });
});
