import { once } from 'node:events';
import { createServer } from 'node:http';
import { connect as connectHttp2, createServer as createHttp2Server } from 'node:http2';
import { type AddressInfo, connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { context, propagation, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api';
import {
  currentSession,
  type HandleRequestOptions,
  handleRequest,
  session,
  shutdown,
  startSession,
  stats,
  TraceContext,
  tool,
} from 'agentops';
import { afterEach, describe, expect, it } from 'vitest';
import { idOf, parentOf, startRecording } from '../../support/recording.ts';
import { answering, LATER, SESSION_ID, SPAN_ID, serve, TRACE_ID, traced } from './support/incoming.ts';

afterEach(() => shutdown());

describe('handleRequest for a trusted caller (C2)', () => {
  it('answers as a part of the session of its caller', async () => {
    const { url, span, spans, allAnswered, errors } = await serve(
      (_request, response) => {
        tool('search', () => 'found');
        response.end(currentSession()?.id);
      },
      { options: { route: '/lamps/:id' } },
    );
    const headers = { ...traced, 'user-agent': 'lamplighter/1' };
    const answer = await fetch(`${url}/lamps/17?key=hush`, { headers });

    expect(await answer.text()).toBe(SESSION_ID);
    await allAnswered();
    expect(await span('GET /lamps/:id')).toMatchObject({
      kind: SpanKind.SERVER,
      status: { code: SpanStatusCode.UNSET },
      parentSpanContext: { traceId: TRACE_ID, spanId: SPAN_ID, isRemote: true },
      attributes: {
        'agentops.span.kind': 'workflow',
        'session.id': SESSION_ID,
        'http.request.method': 'GET',
        'http.route': '/lamps/:id',
        'http.response.status_code': 200,
        'url.path': '/lamps/17',
        'url.scheme': 'http',
        'user_agent.original': 'lamplighter/1',
      },
    });
    expect(parentOf(await span('execute_tool search'))).toBe(idOf(await span('GET /lamps/:id')));
    expect(JSON.stringify((await spans()).map(({ attributes }) => attributes))).not.toContain('hush');
    expect(errors).toEqual([]);
  });

  it('keeps the context while a body comes in and an answer goes out', async () => {
    const { url, spans, allAnswered } = await serve(async (request, response) => {
      // Callbacks of emitters run in the context of whoever emits.
      const body = await new Promise<string>((resolve) => {
        let all = '';
        request.on('data', (chunk) => (all += chunk));
        request.on('end', () => tool('read', () => resolve(all)));
      });
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      for (const word of body.split(' ')) {
        await new Promise(setImmediate);
        tool(word, () => response.write(`data: ${word}\n\n`));
      }
      response.on('finish', () => tool('finished', () => {}));
      response.end();
    });
    const answer = await fetch(url, { method: 'POST', headers: traced, body: 'trim the wick' });

    expect(await answer.text()).toBe('data: trim\n\ndata: the\n\ndata: wick\n\n');
    await allAnswered();
    const request = (await spans()).find(({ name }) => name === 'POST')!;
    const tools = (await spans()).filter((one) => one !== request);
    expect(tools.map(({ name }) => name.replace('execute_tool ', ''))).toEqual([
      'read',
      'trim',
      'the',
      'wick',
      'finished',
    ]);
    expect(new Set(tools.map(parentOf))).toEqual(new Set([idOf(request)]));
  });

  it.each([
    [503, SpanStatusCode.ERROR, '503'],
    [404, SpanStatusCode.UNSET, undefined],
  ])('says of %i what the conventions say of it', async (status, code, type) => {
    const { url, span, allAnswered } = await serve((_request, response) => response.writeHead(status).end());
    await fetch(url, { headers: traced });
    await allAnswered();
    const request = await span('GET');
    expect(request.status.code).toBe(code);
    expect(request.attributes['error.type']).toBe(type);
    expect(request.attributes['http.response.status_code']).toBe(status);
  });

  it('carries the error of a handler, which passes through unchanged', async () => {
    const error = new TypeError('no oil');
    const caught: unknown[] = [];
    const recording = startRecording();
    const service = await answering((request, response) => {
      const answer = (): never => {
        throw error;
      };
      const later = async (): Promise<never> => answer();
      try {
        void handleRequest(request, response, request.url === '/later' ? later : answer)?.catch((thrown) => {
          caught.push(thrown);
          response.writeHead(500).end();
        });
      } catch (thrown) {
        caught.push(thrown);
        response.writeHead(500).end();
      }
    });
    await fetch(`${service.url}/at-once`, { headers: traced });
    await fetch(`${service.url}/later`, { headers: traced });

    expect(caught).toEqual([error, error]);
    await expect.poll(() => stats().openSessions, LATER).toBe(0);
    for (const span of await recording.spans()) {
      expect(span).toMatchObject({ status: { code: SpanStatusCode.ERROR, message: 'no oil' } });
    }
  });

  it('ends when the caller closes the connection', async () => {
    const begun = Promise.withResolvers<void>();
    const { url, span, allAnswered } = await serve((_request, response) => {
      response.writeHead(200);
      response.write('first');
      begun.resolve();
    });
    const controller = new AbortController();
    const answer = await fetch(url, { headers: traced, signal: controller.signal });
    await begun.promise;
    await answer.body!.getReader().read();
    controller.abort();
    await allAnswered();

    expect(await span('GET')).toMatchObject({
      status: { code: SpanStatusCode.UNSET },
      attributes: { 'agentops.stream.truncated': true, 'http.response.status_code': 200 },
    });
  });

  it('has no span of its own below one that another instrumentation has made', async () => {
    const recording = startRecording();
    const service = await answering((request, response) => {
      const active = propagation.extract(context.active(), request.headers);
      trace.getTracer('theirs').startActiveSpan('theirs', { kind: SpanKind.SERVER }, active, (span) => {
        handleRequest(request, response, () => tool('search', () => response.end()));
        response.once('close', () => span.end());
      });
    });
    await fetch(service.url, { headers: traced });
    await expect.poll(() => stats().openSessions, LATER).toBe(0);
    const [search, theirs, ...others] = await recording.spans();
    expect(others).toEqual([]);
    expect(theirs).toMatchObject({ name: 'theirs', parentSpanContext: { spanId: SPAN_ID } });
    expect(parentOf(search!)).toBe(idOf(theirs!));
    expect(search!.attributes['session.id']).toBe(SESSION_ID);
  });

  it('answers a request that passes twice once', async () => {
    const { url, spans, allAnswered } = await serve((request, response) =>
      handleRequest(request, response, () => response.end()),
    );
    await fetch(url, { headers: traced });
    await allAnswered();
    expect((await spans()).map(({ name }) => name)).toEqual(['GET']);
  });

  it('follows the decision of the caller not to record', async () => {
    const { url, spans, errors } = await serve((_request, response) => {
      tool('search', () => response.end(String(currentSession()?.id)));
    });
    const headers = { traceparent: traced.traceparent.replace(/01$/, '00') };
    expect(await (await fetch(url, { headers })).text()).toBe(SESSION_ID);
    await expect.poll(() => stats().openSessions, LATER).toBe(0);
    expect(await spans()).toEqual([]);
    expect(errors).toEqual([]);
  });

  it('answers over HTTP/2 as well', async () => {
    const recording = startRecording();
    const server = createHttp2Server((request, response) => {
      handleRequest(request, response, () => response.end(String(currentSession()?.id)));
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const connection = connectHttp2(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
    const stream = connection.request({ ':path': '/lamps?key=hush', ...traced });
    expect(await text(stream)).toBe(SESSION_ID);
    connection.close();
    server.close();
    await expect.poll(() => stats().openSessions, LATER).toBe(0);
    expect(await recording.span('GET')).toMatchObject({
      attributes: { 'url.path': '/lamps', 'http.response.status_code': 200 },
    });
  });

  it('names no span by what a caller makes up', async () => {
    const { url, span, allAnswered } = await serve((_request, response) => response.end());
    const socket = connect(Number(new URL(url).port), '127.0.0.1');
    socket.end(
      `PURGE / HTTP/1.1\r\nhost: x\r\ntraceparent: ${traced.traceparent}\r\nconnection: close\r\n\r\n`,
    );
    await text(socket);
    await allAnswered();
    expect((await span('HTTP')).attributes).toMatchObject({
      'http.request.method': '_OTHER',
      'http.request.method_original': 'PURGE',
    });
  });
});

describe('handleRequest for other callers (C2)', () => {
  it('answers outside of any session where the caller has none', async () => {
    const { url, spans, errors } = await serve((_request, response) => {
      tool('search', () => {});
      response.end(String(currentSession()?.id));
    });
    const open = startSession({ name: 'that happens to be open' });
    expect(await (await fetch(url)).text()).toBe('undefined');
    open.end();
    expect((await spans()).map(({ name }) => name)).toEqual(['that happens to be open']);
    expect(errors.map(({ code }) => code)).toEqual(['ambiguous_session']);
  });

  it('is in nobody’s session because the server was started there', async () => {
    const recording = startRecording();
    const server = createServer((request, response) =>
      handleRequest(request, response, () =>
        response.end(`${currentSession()?.name} ${JSON.stringify(TraceContext.current().baggage)}`),
      ),
    );
    await session('that starts the server', () =>
      TraceContext.current()
        .withBaggage({ tenant: 'theirs' })
        .run(async () => {
          server.listen(0, '127.0.0.1');
          await once(server, 'listening');
          const { port } = server.address() as { port: number };
          expect(await (await fetch(`http://127.0.0.1:${port}`)).text()).toBe('undefined {}');
        }),
    );
    server.close();
    expect(recording.errors).toEqual([]);
  });

  it.each<[string, HandleRequestOptions['session'], string]>([
    ['by method and route', true, 'POST /lamps'],
    ['by the name given', 'lighting', 'lighting'],
    ['as the options say', { name: 'lit', tags: ['web'], userId: 'u-1' }, 'lit'],
  ])('starts a session where that is wanted, named %s', async (_how, wanted, name) => {
    const { url, spans, allAnswered } = await serve(
      (_request, response) => tool('light', () => response.end()),
      { options: { session: wanted, route: '/lamps' } },
    );
    await fetch(url, { method: 'POST' });
    await allAnswered();
    const all = await spans();
    expect(all.map((span) => [span.name, span.kind])).toEqual([
      ['execute_tool light', SpanKind.INTERNAL],
      ['POST /lamps', SpanKind.SERVER],
      [name, SpanKind.INTERNAL],
    ]);
    const [light, request, root] = all;
    expect(parentOf(light!)).toBe(idOf(request!));
    expect(parentOf(request!)).toBe(idOf(root!));
    expect(root!.attributes['agentops.session.end_state']).toBe('Success');
  });

  it('ends that session as its answer went', async () => {
    const { url, spans, allAnswered } = await serve(
      (request, response) => {
        if (request.url === '/leave') response.write('first');
        else response.writeHead(502).end();
      },
      { options: { session: true } },
    );
    await fetch(`${url}/fail`);
    const { body } = await fetch(`${url}/leave`);
    await body!.cancel();
    await allAnswered();
    const roots = (await spans()).filter((span) => parentOf(span) === undefined);
    expect(
      roots.map(({ attributes }) => [
        attributes['agentops.session.end_state'],
        attributes['agentops.session.end_state_reason'],
      ]),
    ).toEqual([
      ['Fail', 'answered with 502'],
      ['Indeterminate', 'the caller closed the connection'],
    ]);
  });

  it.each<[string, HandleRequestOptions['session']]>([
    ['a session of its own', true],
    ['one that the handler starts', undefined],
  ])('links %s to a caller that is not trusted', async (_what, wanted) => {
    const { url, span, allAnswered } = await serve(
      (_request, response) => {
        expect(TraceContext.current().baggage).toEqual({});
        if (wanted === undefined) session('run', () => {});
        response.end();
      },
      { options: { session: wanted && { name: 'run' } }, init: { context: { trustIncoming: 'none' } } },
    );
    await fetch(url, { headers: { ...traced, baggage: 'tenant=forged' } });
    await allAnswered();
    const root = await span('run');
    expect(root.spanContext().traceId).not.toBe(TRACE_ID);
    expect(root.links.map(({ context }) => context)).toMatchObject([{ traceId: TRACE_ID, spanId: SPAN_ID }]);
    expect(stats().propagation.ignored.untrusted).toBe(1);
  });
});
