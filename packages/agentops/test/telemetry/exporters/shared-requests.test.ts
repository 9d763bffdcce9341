import { describe, expect, it } from 'vitest';
import { encodeRequest } from '../../../src/telemetry/exporters/encode-request.ts';
import { shareRequests } from '../../../src/telemetry/exporters/shared-requests.ts';
import { sampleSpans } from '../../support/sample-spans.ts';

describe('destinations that send the same spans (T3)', () => {
  it('share one request while one of them holds it', () => {
    const encode = shareRequests();
    const batch = sampleSpans('search', 'book');
    const request = encode(batch);
    expect(encode([...batch])).toBe(request);
    expect(Buffer.compare(request, encodeRequest(batch))).toBe(0);
  });

  it('get requests of their own where the spans are not quite the same', () => {
    const [first, second, third] = sampleSpans('search', 'book');
    if (first === undefined || second === undefined || third === undefined) throw new Error('no spans');
    const formatted = { ...second, spanContext: () => second.spanContext(), name: 'formatted' };
    const encode = shareRequests();
    encode([first, second]);
    for (const batch of [[first], [second, first], [first, second, third], [first, formatted], []]) {
      expect(Buffer.compare(encode(batch), encodeRequest(batch))).toBe(0);
    }
  });
});
