import { Agent } from 'node:http';
import { connect } from 'node:net';
import { gzipSync } from 'node:zlib';
import type { SpanStore } from '@agentops/postgres';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RunningServer } from '../../src/server.ts';
import { apiOf, postOtlp, send } from '../support/requests.ts';
import { serve } from '../support/servers.ts';
import { lent, storeInMemory, storeThatWaits } from '../support/stores.ts';
import { encodeTraces, type MediaType, recordSpans, serializers, sessionIdOf } from '../support/traces.ts';

const mediaTypes: MediaType[] = ['application/x-protobuf', 'application/json'];

describe('receiving traces over OTLP/HTTP (D3)', () => {
  let server: RunningServer;
  let store: SpanStore;
  beforeAll(async () => {
    store = await storeInMemory();
    server = await serve(store, { limits: { bodyBytes: 1024 * 1024 } });
  });
  afterAll(() => server.close());

  /** The message of a `google.rpc.Status`, read by hand: field 2 of protobuf, `message` of JSON. */
  const statusMessage = async (response: Response) => {
    const body = Buffer.from(await response.arrayBuffer());
    if (response.headers.get('content-type')?.startsWith('application/json')) {
      return (JSON.parse(body.toString()) as { message: string }).message;
    }
    expect(body[0]).toBe(0x08);
    expect(body[2]).toBe(0x12);
    return body.subarray(4).toString();
  };

  describe.each(mediaTypes)('in %s', (mediaType) => {
    const headers = { 'content-type': mediaType };

    const stored = async (response: Response, spans: ReturnType<typeof recordSpans>) => {
      expect(response.status).toBe(200);
      expect(response.headers.get('content-type')).toBe(mediaType);
      const answer = serializers[mediaType].deserializeResponse(new Uint8Array(await response.arrayBuffer()));
      expect(answer.partialSuccess?.rejectedSpans ?? 0).toBe(0);
      for (const span of spans) {
        const stored = await apiOf(server).span(sessionIdOf(span), span.spanContext().spanId);
        expect(stored).toMatchObject({ name: span.name });
      }
    };

    it('stores what the OpenTelemetry SDK sends and answers an empty success in the same encoding', async () => {
      const spans = recordSpans(3);
      await stored(await postOtlp(server, encodeTraces(spans, mediaType), headers), spans);
    });

    it('takes gzip', async () => {
      const spans = recordSpans(2);
      const body = gzipSync(encodeTraces(spans, mediaType));
      await stored(await postOtlp(server, body, { ...headers, 'content-encoding': 'gzip' }), spans);
    });

    it('takes a charset parameter and identity encoding', async () => {
      const spans = recordSpans(1);
      const response = await postOtlp(server, encodeTraces(spans, mediaType), {
        'content-type': `${mediaType}; charset=utf-8`,
        'content-encoding': 'identity',
      });
      await stored(response, spans);
    });

    it('takes the same span twice and keeps it once', async () => {
      const spans = recordSpans(1);
      const body = encodeTraces(spans, mediaType);
      await stored(await postOtlp(server, body, headers), spans);
      await stored(await postOtlp(server, body, headers), spans);
      const list = await apiOf(server).spans(sessionIdOf(spans[0]!));
      expect(list.total).toBe(1);
    });

    it('answers 400 with a google.rpc.Status to a body that is not OTLP', async () => {
      const body =
        mediaType === 'application/json' ? '{"resourceSpans": [' : Buffer.from([0x0a, 0xff, 0x01, 0x02]);
      const response = await postOtlp(server, body, headers);
      expect(response.status).toBe(400);
      expect(response.headers.get('content-type')).toBe(mediaType);
      expect(await statusMessage(response)).toMatch(/^Malformed OTLP/);
    });

    it('answers 413 to a body over the limit', async () => {
      const body = Buffer.alloc(1024 * 1024 + 1, 0x20);
      const response = await postOtlp(server, body, headers);
      expect(response.status).toBe(413);
      expect(await statusMessage(response)).toContain('1048576 bytes');
    });

    it('answers 400 to gzip that is cut short', async () => {
      const body = gzipSync(encodeTraces(recordSpans(1), mediaType)).subarray(0, -12);
      const response = await postOtlp(server, body, { ...headers, 'content-encoding': 'gzip' });
      expect(response.status).toBe(400);
      expect(await statusMessage(response)).toContain('not valid gzip');
    });

    it('answers 401 in the same encoding', async () => {
      const response = await postOtlp(server, encodeTraces(recordSpans(1), mediaType), {
        ...headers,
        authorization: 'Bearer wrong',
      });
      expect(response.status).toBe(401);
      expect(await statusMessage(response)).toContain('agentops keys create');
    });
  });

  it('stores the good spans of a request and reports the others as a partial success', async () => {
    const trace = {
      traceId: '0192aabbccddeeff0011223344556677',
      name: 'x',
      startTimeUnixNano: '1',
      endTimeUnixNano: '2',
    };
    const spans = [
      {
        ...trace,
        spanId: '00000000000000aa',
        startTimeUnixNano: `${Date.now()}000000`,
        endTimeUnixNano: `${Date.now()}000000`,
      },
      { ...trace, spanId: '0000000000000000' },
    ];
    const request = { resourceSpans: [{ scopeSpans: [{ spans }] }] };
    const response = await postOtlp(server, JSON.stringify(request), { 'content-type': 'application/json' });
    expect(response.status).toBe(200);
    const { partialSuccess } = serializers['application/json'].deserializeResponse(
      new Uint8Array(await response.arrayBuffer()),
    );
    expect(Number(partialSuccess?.rejectedSpans)).toBe(1);
    expect(partialSuccess?.errorMessage).toContain('0000000000000000');
    await apiOf(server).span('0192aabb-ccdd-eeff-0011-223344556677', '00000000000000aa');
    let dumped = '';
    await store.maintenance.dump(async (text) => {
      dumped += text;
    });
    const aside = dumped.split('\n').filter((line) => line.includes('rejected_spans'));
    expect(aside.join()).toContain('the span id is not 8 bytes, or is all zero');
  });

  it('stops unpacking a gzip bomb at the limit', async () => {
    const MiB = 1024 * 1024;
    const bomb = Buffer.concat(Array<Buffer>(512).fill(gzipSync(Buffer.alloc(MiB))));
    const before = process.resourceUsage().maxRSS;
    const response = await postOtlp(server, bomb, { 'content-encoding': 'gzip' });
    expect(response.status).toBe(413);
    expect(process.resourceUsage().maxRSS - before).toBeLessThan(64 * 1024);
  });

  const wrongTypes: [string, Record<string, string>][] = [
    ['text', { 'content-type': 'text/plain' }],
    ['something that is no media type', { 'content-type': 'protobuf' }],
    ['an unknown encoding', { 'content-encoding': 'br' }],
  ];
  it.each(wrongTypes)('answers 415 to %s', async (_what, headers) => {
    const response = await postOtlp(server, encodeTraces(recordSpans(1)), headers);
    expect(response.status).toBe(415);
  });

  it('answers 415 to a request without a content type', async () => {
    const { status } = await send(`${server.url}/v1/traces`, { method: 'POST' });
    expect(status).toBe(415);
  });

  it('serves the next request on a connection after one it refused half read', async () => {
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    const post = (body: Uint8Array) =>
      send(`${server.url}/v1/traces`, {
        method: 'POST',
        headers: { 'content-type': 'application/x-protobuf' },
        body,
        agent,
      });
    expect((await post(Buffer.alloc(8 * 1024 * 1024, 0x20))).status).toBe(413);
    expect((await post(encodeTraces(recordSpans(1)))).status).toBe(200);
    agent.destroy();
  });

  it.each([
    ['/v1/logs', 'logRequestsDiscarded'],
    ['/v1/metrics', 'metricRequestsDiscarded'],
  ] as const)('accepts %s, counts it and keeps nothing', async (path, count) => {
    const before = server.counts[count];
    const json = await postOtlp(server, '{}', { path, 'content-type': 'application/json' });
    expect(json.status).toBe(200);
    expect(await json.json()).toEqual({});
    const protobuf = await postOtlp(server, new Uint8Array([0x0a, 0x00]), { path });
    expect(protobuf.headers.get('content-type')).toBe('application/x-protobuf');
    expect((await protobuf.arrayBuffer()).byteLength).toBe(0);
    expect(server.counts[count]).toBe(before + 2);
  });
});

describe('acknowledging traces (D3)', () => {
  let shared: SpanStore;
  beforeAll(async () => {
    shared = await storeInMemory();
  });
  afterAll(() => shared.close());

  it('waits for the commit', async () => {
    const { store, writing, commit } = storeThatWaits(lent(shared));
    const server = await serve(store);
    let answered = false;
    const response = postOtlp(server, encodeTraces(recordSpans(1))).then((answer) => {
      answered = true;
      return answer;
    });
    await writing;
    // A whole exchange later, an answer given before the commit would have arrived.
    await fetch(`${server.url}/healthz`);
    expect(answered).toBe(false);
    commit();
    expect((await response).status).toBe(200);
    await server.close();
  });

  it('turns requests away while the queue is full, says when to come back, and takes them then', async () => {
    const { store, writing, commit } = storeThatWaits(lent(shared));
    const body = encodeTraces(recordSpans(20));
    const server = await serve(store, { limits: { bodyBytes: body.length, queueBytes: body.length } });
    const first = postOtlp(server, body);
    await writing;
    const second = await postOtlp(server, encodeTraces(recordSpans(1)));
    expect(second.status).toBe(429);
    expect(second.headers.get('retry-after')).toBe('1');
    expect(server.counts.requestsRefused).toBe(1);
    commit();
    expect((await first).status).toBe(200);
    expect((await postOtlp(server, encodeTraces(recordSpans(1)))).status).toBe(200);
    await server.close();
  });

  it('gives the share of a request that broke off back to the queue', async () => {
    const body = encodeTraces(recordSpans(20));
    const server = await serve(lent(shared), { limits: { bodyBytes: body.length, queueBytes: body.length } });
    const untilAnswered = async (status: number) => {
      while ((await postOtlp(server, encodeTraces(recordSpans(12)))).status !== status);
    };
    const sender = connect(server.port, '127.0.0.1');
    sender.write(
      `POST /v1/traces HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/x-protobuf\r\nContent-Length: ${body.length}\r\n\r\n`,
    );
    sender.write(body.subarray(0, -1));
    await untilAnswered(429);
    sender.destroy();
    await untilAnswered(200);
    expect((await postOtlp(server, body)).status).toBe(200);
    await server.close();
  });
});
