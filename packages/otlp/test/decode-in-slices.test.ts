import { decodeTraces, decodeTracesInSlices, OtlpDecodeError } from '@agentops/otlp';
import { describe, expect, it } from 'vitest';
import { contentTypes, recordSpans, requestOf } from './recorded-spans.ts';

describe.each(contentTypes)('D1: a request decoded in slices, as %s', (contentType) => {
  const spans = recordSpans((tracer) => {
    for (let i = 0; i < 3_000; i++)
      tracer.startSpan(`span ${i}`, { attributes: { i, text: 'x'.repeat(200) } }).end();
  });
  const body = requestOf(spans, contentType);

  it('gives the same rows as at once', async () => {
    expect(await decodeTracesInSlices(body, contentType, async () => {})).toEqual(
      decodeTraces(body, contentType),
    );
  });

  it('rejects what is no request', async () => {
    const damaged = body.subarray(0, body.length - 5);
    await expect(decodeTracesInSlices(damaged, contentType, async () => {})).rejects.toThrow(OtlpDecodeError);
  });
});

describe('D1: slices of protobuf', () => {
  it('pause also in the middle of one scope', async () => {
    const spans = recordSpans((tracer) => {
      for (let i = 0; i < 5_000; i++)
        tracer.startSpan('span', { attributes: { text: 'x'.repeat(500) } }).end();
    });
    let pauses = 0;
    const pause = async () => void pauses++;
    await decodeTracesInSlices(requestOf(spans, 'application/x-protobuf'), 'application/x-protobuf', pause);
    expect(pauses).toBeGreaterThan(1);
  });
});
