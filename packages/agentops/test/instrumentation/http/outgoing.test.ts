import { once } from 'node:events';
import http from 'node:http';
import { text } from 'node:stream/consumers';
import { context, propagation, ROOT_CONTEXT, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api';
import { suppressTracing } from '@opentelemetry/core';
import * as agentops from 'agentops';
import { session, shutdown, startSession, tool } from 'agentops';
import { request as undiciRequest } from 'undici';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type HttpService, startService } from '../../support/http-service.ts';
import { idOf, parentOf, startRecording } from '../../support/recording.ts';

/** Within what a machine that is busy may take. */
const LATER = { timeout: 10_000 };

let service: HttpService;
beforeAll(async () => {
  service = await startService();
});
afterAll(() => service.close());
afterEach(() => shutdown());

const automatic = { instrumentations: { http: true } } as const;

/** Each way of sending a request, and the text it is answered with. */
const ways: Readonly<Record<string, (url: string, init?: RequestInit) => Promise<string>>> = {
  'agentops.fetch': async (url, init) => (await agentops.fetch(url, init)).text(),
  fetch: async (url, init) => (await fetch(url, init)).text(),
  undici: async (url, { headers = {} } = {}) =>
    (await undiciRequest(url, { headers: headers as Record<string, string> })).body.text(),
  'node:http': async (url, { headers = {} } = {}) => {
    const [response] = await once(http.get(url, { headers: headers as Record<string, string> }), 'response');
    return text(response);
  },
};

const lastRequest = () => service.requests.at(-1)!;

describe.each(Object.keys(ways))('a request by %s (C2, C4)', (way) => {
  const send = ways[way]!;

  it('has a span below whoever sends it, and is sent for that span', async () => {
    const recording = startRecording(automatic);
    const url = service.url.replace('http://', 'http://user:secret@');
    const target = way === 'fetch' || way === 'agentops.fetch' ? service.url : url;
    const answer = await session('run', () => tool('look', () => send(`${target}/lamps?key=hush#top`)));

    expect(answer).toBe('ok');
    const span = await recording.span('GET');
    expect(span).toMatchObject({
      kind: SpanKind.CLIENT,
      status: { code: SpanStatusCode.UNSET },
      attributes: {
        'http.request.method': 'GET',
        'url.full': `${service.url}/lamps`,
        'server.address': '127.0.0.1',
        'server.port': service.port,
        'http.response.status_code': 200,
      },
    });
    expect(JSON.stringify(span.attributes)).not.toMatch(/hush|secret/);
    expect(parentOf(span)).toBe(idOf(await recording.span('execute_tool look')));
    expect(lastRequest().headers.traceparent).toBe(`00-${span.spanContext().traceId}-${idOf(span)}-01`);
    expect(lastRequest().headers).not.toHaveProperty('baggage');
    expect(recording.errors).toEqual([]);
  });

  it('is no event of the session', async () => {
    const recording = startRecording(automatic);
    const run = startSession();
    await run.run(() => send(service.url));
    expect(run.telemetry.counts).toMatchObject({ actions: 0, tools: 0, errors: 0 });
    run.end();
    expect((await recording.span('GET')).attributes).not.toHaveProperty(['event.type']);
  });

  it.each([404, 503])('is marked as failed when it is answered with %i', async (status) => {
    const recording = startRecording(automatic);
    expect(await session('run', () => send(`${service.url}/status/${status}`))).toBe('answered');
    expect(await recording.span('GET')).toMatchObject({
      status: { code: SpanStatusCode.ERROR },
      attributes: { 'http.response.status_code': status, 'error.type': String(status) },
    });
  });

  it('carries the error of a connection, and lets it through', async () => {
    const recording = startRecording(automatic);
    const closed = await startService();
    await closed.close();
    await expect(session('run', () => send(closed.url))).rejects.toThrow();
    expect(await recording.span('GET')).toMatchObject({
      status: { code: SpanStatusCode.ERROR },
      attributes: { 'error.type': 'ECONNREFUSED' },
    });
  });

  it('carries the error of an answer that is cut', async () => {
    const recording = startRecording(automatic);
    await expect(session('run', () => send(`${service.url}/cut/`))).rejects.toThrow();
    const span = await recording.span('GET');
    expect(span.status.code).toBe(SpanStatusCode.ERROR);
    expect(span.attributes).toMatchObject({ 'http.response.status_code': 200 });
  });

  it('leaves the headers alone that the program has set', async () => {
    startRecording({ ...automatic, context: { baggage: { hosts: ['127.0.0.1'] } } });
    const headers = { traceparent: `00-${'1'.repeat(32)}-${'2'.repeat(16)}-00`, baggage: 'mine=1' };
    await session('run', () => send(service.url, { headers }));
    const { rawHeaders } = lastRequest();
    expect(
      rawHeaders.filter((_value, index) => /^(traceparent|baggage)$/i.test(rawHeaders[index - 1] ?? '')),
    ).toEqual([headers.traceparent, headers.baggage]);
  });

  it('sends nothing of ours from outside a session, and has no span', async () => {
    const recording = startRecording({ ...automatic, session: { mode: 'multi' } });
    await send(service.url);
    expect(lastRequest().headers).not.toHaveProperty('traceparent');
    expect(await recording.spans()).toEqual([]);
    expect(recording.errors).toEqual([]);
  });

  it('goes on with the trace of somebody else, without a span', async () => {
    const recording = startRecording({ ...automatic, session: { mode: 'multi' } });
    const traceparent = `00-${'1'.repeat(32)}-${'2'.repeat(16)}-01`;
    const theirs = propagation.extract(ROOT_CONTEXT, { traceparent });
    await context.with(theirs, () => send(service.url));
    expect(lastRequest().headers).toMatchObject({ traceparent });
    expect(await recording.spans()).toEqual([]);
  });

  it('tells of a session that is not sampled', async () => {
    const recording = startRecording({ ...automatic, sampling: { rate: 0 } });
    await session('run', () => send(service.url));
    expect(lastRequest().headers.traceparent).toMatch(/-00$/);
    expect(await recording.spans()).toEqual([]);
  });

  it('stays as it is within the own work of a telemetry library', async () => {
    const recording = startRecording(automatic);
    await session('run', () => context.with(suppressTracing(context.active()), () => send(service.url)));
    expect(lastRequest().headers).not.toHaveProperty('traceparent');
    expect((await recording.spans()).map(({ name }) => name)).toEqual(['run']);
  });

  it('has one span where another instrumentation has made one already', async () => {
    const recording = startRecording(automatic);
    await session('run', async () => {
      const span = trace.getTracer('other').startSpan('theirs', { kind: SpanKind.CLIENT });
      const headers: Record<string, string> = {};
      propagation.inject(trace.setSpan(context.active(), span), headers);
      await send(service.url, { headers });
      span.end();
    });
    expect((await recording.spans()).map(({ name }) => name)).toEqual(['theirs', 'run']);
  });
});

/** Begins to read the endless answer and lets go of it, in each of the ways there are. */
const leavers: Readonly<Record<string, (url: string) => Promise<unknown>>> = {
  'fetch, whose body is cancelled': async (url) => {
    const { body } = await fetch(url);
    const reader = body!.getReader();
    await reader.read();
    await reader.cancel();
  },
  'fetch, by its signal': async (url) => {
    const controller = new AbortController();
    const { body } = await fetch(url, { signal: controller.signal });
    const reader = body!.getReader();
    await reader.read();
    controller.abort();
    await reader.read().catch(() => {});
  },
  'undici, whose body is destroyed': async (url) => {
    const { body } = await undiciRequest(url);
    for await (const _chunk of body) break;
  },
  'node:http, whose answer is destroyed': async (url) => {
    const request = http.get(url);
    const [response] = await once(request, 'response');
    await once(response, 'data');
    response.destroy();
    await once(request, 'close');
  },
  'node:http, which is destroyed': async (url) => {
    const request = http.get(url);
    const [response] = await once(request, 'response');
    await once(response, 'data');
    response.on('error', () => {});
    request.destroy();
    await once(request, 'close');
  },
};

describe('a request that the program gives up (P6)', () => {
  it.each(Object.keys(leavers))('has ended and has not failed: %s', async (how) => {
    const recording = startRecording(automatic);
    await session('run', () => leavers[how]!(`${service.url}/endless/`));
    await expect
      .poll(() => recording.client.telemetry.activeSpans().map(({ name }) => name), LATER)
      .toEqual([]);
    expect(await recording.span('GET')).toMatchObject({
      status: { code: SpanStatusCode.UNSET },
      attributes: { 'http.response.status_code': 200, 'agentops.stream.truncated': true },
    });
  });

  it('has failed where there was no answer yet', async () => {
    const recording = startRecording(automatic);
    const controller = new AbortController();
    const asked = once(service.server, 'request').then(() => controller.abort());
    const { signal } = controller;
    await expect(session('run', () => fetch(`${service.url}/silence/`, { signal }))).rejects.toThrow(
      /aborted/,
    );
    await asked;
    expect(await recording.span('GET')).toMatchObject({
      status: { code: SpanStatusCode.ERROR },
      attributes: { 'error.type': 'AbortError' },
    });
  });
});

it.each([
  ['@opentelemetry/instrumentation-undici', ['node:http'], ['fetch', 'undici']],
  ['@opentelemetry/instrumentation-http', ['fetch', 'undici'], ['node:http']],
])('leaves to %s what that follows', async (instrumentationName, ours, theirs) => {
  const others = [{ instrumentationName, setTracerProvider() {}, enable() {}, disable() {} }];
  const recording = startRecording({ instrumentations: { http: true, others } });
  await session('run', async () => {
    for (const way of [...ours, ...theirs]) await ways[way]!(`${service.url}/${way}`);
  });
  const urls = (await recording.spans()).map(({ attributes }) => attributes['url.full']);
  expect(urls).toEqual([...ours.map((way) => `${service.url}/${way}`), undefined]);
});

describe('a request by node:http (C2)', () => {
  it('goes out as it is where its headers are a list, which is sent at once', async () => {
    const recording = startRecording(automatic);
    await session('run', async () => {
      const headers = ['host', `127.0.0.1:${service.port}`, 'x-mine', '1'];
      const [response] = await once(http.get(service.url, { headers } as http.RequestOptions), 'response');
      await text(response);
    });
    expect(lastRequest().rawHeaders.slice(0, 4)).toEqual([
      'host',
      `127.0.0.1:${service.port}`,
      'x-mine',
      '1',
    ]);
    expect(lastRequest().headers).not.toHaveProperty('traceparent');
    expect((await recording.span('GET')).attributes['http.response.status_code']).toBe(200);
    expect(recording.errors).toEqual([]);
  });
});

describe('agentops.fetch (C2)', () => {
  it('takes, returns and throws what fetch does', async () => {
    startRecording();
    await session('run', async () => {
      const body = new ReadableStream({
        start(controller) {
          controller.enqueue(new TextEncoder().encode('wick'));
          controller.close();
        },
      });
      const request = new Request(`${service.url}/lamps`, {
        method: 'POST',
        body,
        duplex: 'half',
        headers: { 'x-mine': '1' },
      } as RequestInit);
      const response = await agentops.fetch(request);
      expect(response).toBeInstanceOf(Response);
      expect(await response.text()).toBe('ok');
      expect([...request.headers.keys()]).toEqual(['x-mine']);
      await expect(agentops.fetch('not a URL')).rejects.toThrow(TypeError);
    });
    expect(lastRequest()).toMatchObject({ method: 'POST', path: '/lamps', headers: { 'x-mine': '1' } });
    expect(lastRequest().headers.traceparent).toBeDefined();
  });

  it('is followed alone where nothing is automatic', async () => {
    const recording = startRecording();
    await session('run', async () => {
      await fetch(`${service.url}/silent`);
      await agentops.fetch(`${service.url}/followed`);
    });
    const urls = (await recording.spans()).map(({ attributes }) => attributes['url.full']);
    expect(urls).toEqual([`${service.url}/followed`, undefined]);
  });

  it('is fetch itself before init', async () => {
    expect(await (await agentops.fetch(service.url)).text()).toBe('ok');
    expect(lastRequest().headers).not.toHaveProperty('traceparent');
  });

  it('follows each hop of a redirection by itself', async () => {
    const other = await startService();
    const recording = startRecording({
      context: { hosts: ['localhost'], baggage: { hosts: ['localhost'] } },
    });
    const from = `http://localhost:${service.port}/redirect/${encodeURIComponent(`${other.url}/there`)}`;
    await session('run', () => agentops.fetch(from));
    const [first, second] = await recording.spans();
    expect(first?.attributes).toMatchObject({
      'http.response.status_code': 302,
      'server.address': 'localhost',
    });
    expect(second?.attributes).toMatchObject({ 'url.full': `${other.url}/there` });
    expect(lastRequest().headers).toMatchObject({
      traceparent: expect.any(String),
      baggage: expect.any(String),
    });
    expect(other.requests[0]?.headers).not.toHaveProperty('traceparent');
    expect(other.requests[0]?.headers).not.toHaveProperty('baggage');
    await other.close();
  });
});
