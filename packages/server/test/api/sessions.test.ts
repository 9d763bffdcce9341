import { StoreError } from '@agentops/postgres';
import { SpanStatusCode } from '@opentelemetry/api';
import type { ReadableSpan } from '@opentelemetry/sdk-trace';
import type { SessionListQuery } from 'agentops/api';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RunningServer } from '../../src/server.ts';
import { apiOf, postOtlp, readError } from '../support/requests.ts';
import { serve } from '../support/servers.ts';
import { lent, storeInMemory, storeWith } from '../support/stores.ts';
import { encodeTraces, recordSpans, sessionIdOf } from '../support/traces.ts';

describe('the query API (D4)', () => {
  let server: RunningServer;
  let spans: ReadableSpan[];

  beforeAll(async () => {
    server = await serve(await storeInMemory());
    spans = recordSpans(3, (span, index) => {
      span.setAttribute('step.index', index);
      if (index === 2) span.setStatus({ code: SpanStatusCode.ERROR, message: 'no' });
    });
    await postOtlp(server, encodeTraces(spans));
    await server.store.settle();
  });
  afterAll(() => server.close());

  it('lists sessions, a page at a time', async () => {
    const first = await apiOf(server).sessions({ limit: 2 });
    expect(first).toMatchObject({ total: 3, next_cursor: expect.any(String) as string });
    const second = await apiOf(server).sessions({ limit: 2, cursor: first.next_cursor! });
    expect(second.next_cursor).toBeNull();
    const ids = [...first.sessions, ...second.sessions].map((session) => session.session_id);
    expect(ids.toSorted()).toEqual(spans.map(sessionIdOf).sort());
    const every: string[] = [];
    for await (const { session_id: id } of apiOf(server).everySession()) every.push(id);
    expect(every).toEqual(ids);
  });

  it('filters sessions', async () => {
    const api = apiOf(server);
    const q = sessionIdOf(spans[1]!).slice(0, 13);
    const { sessions } = await api.sessions({ q, service: 'test-sender' });
    expect(sessions.map((session) => session.session_id)).toEqual([sessionIdOf(spans[1]!)]);
    const matching = async (query: SessionListQuery) => (await api.sessions(query)).total;
    expect(await matching({ service: 'other' })).toBe(0);
    expect(await matching({ errors: true })).toBe(1);
    expect(await matching({ errors: false })).toBe(2);
    expect(await matching({ state: 'Fail' })).toBe(1);
    expect(await matching({ state: 'running' })).toBe(0);
    expect(await matching({ tag: 'beta' })).toBe(0);
    expect(await matching({ user: 'ada' })).toBe(0);
    expect(await matching({ model: 'gpt-5' })).toBe(0);
    expect(await matching({ from: '2020-01-01' })).toBe(3);
    expect(await matching({ to: '2020-01-01' })).toBe(0);
  });

  it('reads one session, its spans, and one span with its attributes', async () => {
    const id = sessionIdOf(spans[1]!);
    const session = await apiOf(server).session(id);
    expect(session).toMatchObject({ session_id: id, service_name: 'test-sender', counts: { spans: 1 } });
    const list = await apiOf(server).spans(id);
    expect(list).toMatchObject({ total: 1, spans: [{ name: 'step 1' }] });
    const { spanId } = spans[1]!.spanContext();
    const span = await apiOf(server).span(id, spanId);
    expect(span).toMatchObject({ span_id: spanId, attributes: { 'step.index': 1 } });
  });

  it('knows a session by its trace id and a span by capitals too', async () => {
    const id = sessionIdOf(spans[1]!);
    const { traceId, spanId } = spans[1]!.spanContext();
    for (const form of [traceId, traceId.toUpperCase(), id.toUpperCase()]) {
      const session = await apiOf(server).session(form);
      expect(session.session_id).toBe(id);
    }
    expect((await apiOf(server).spans(traceId)).total).toBe(1);
    expect(await apiOf(server).span(traceId, spanId.toUpperCase())).toMatchObject({ span_id: spanId });
  });

  it('forbids every cache to keep an answer', async () => {
    const response = await fetch(`${server.url}/api/sessions`);
    expect(response.headers.get('cache-control')).toBe('no-store');
    expect(response.headers.get('x-content-type-options')).toBe('nosniff');
  });

  const missing = [
    '/api/sessions/nope',
    '/api/sessions/nope/spans',
    '/api/sessions/nope/spans/0123456789abcdef',
  ];
  it.each([...missing, '/api/nowhere'])('answers 404 with a message at %s', async (path) => {
    expect(await readError(await fetch(`${server.url}${path}`))).toMatchObject({
      status: 404,
      code: 'not_found',
      message: expect.stringMatching(/^There is no /) as string,
    });
  });

  it('answers 404 to an unknown span of a session that exists', async () => {
    const response = await fetch(
      `${server.url}/api/sessions/${sessionIdOf(spans[0]!)}/spans/0123456789abcdef`,
    );
    expect((await readError(response)).status).toBe(404);
  });

  const wrongQueries: [string, RegExp][] = [
    [
      '/api/sessions?colour=red',
      /`colour` is not known; accepted: limit, cursor, q, state, errors, tag, service, user, model, from, to/,
    ],
    ['/api/sessions?limit=0', /`limit`/],
    ['/api/sessions?limit=201', /`limit`.*200/],
    ['/api/sessions?limit=ten', /`limit`: expected a whole number/],
    ['/api/sessions?limit=1&limit=2', /`limit`: given more than once/],
    ['/api/sessions?state=Done', /`state`.*Success/],
    ['/api/sessions?errors=yes', /`errors`.*true/],
    ['/api/sessions?cursor=made-up', /cursor/],
    ['/api/sessions?from=noon', /from is "noon"; give a time like/],
    ['/api/sessions/nope?verbose=1', /`verbose` is not known; accepted: none/],
    ['/api/sessions/nope/spans?limit=1', /`limit` is not known/],
  ];
  it.each(wrongQueries)('answers 400 to %s and says why', async (path, message) => {
    expect(await readError(await fetch(`${server.url}${path}`))).toMatchObject({
      status: 400,
      code: 'invalid_query',
      message: expect.stringMatching(message) as string,
    });
  });

  const wrongAddresses: [string, string, number][] = [
    ['a NUL in a parameter', '/api/sessions?q=%00', 400],
    ['a NUL in an id', '/api/sessions/%00', 400],
    ['text that is not UTF-8', '/api/sessions/%ff', 400],
    ['a parameter without end', `/api/sessions?q=${'x'.repeat(1001)}`, 400],
    ['an id without end', `/api/sessions/${'x'.repeat(2000)}`, 414],
  ];
  it.each(wrongAddresses)('refuses %s in the form of every error', async (_what, path, status) => {
    expect(await readError(await fetch(`${server.url}${path}`))).toMatchObject({
      status,
      code: expect.any(String) as string,
      message: expect.any(String) as string,
    });
  });

  it('answers 504 to what takes the database too long, and says what to do', async () => {
    const store = storeWith(server.store, {
      sessions: () =>
        Promise.reject(new StoreError('timeout', 'The query was stopped: ask for less at once')),
    });
    const slow = await serve(lent(store));
    expect(await readError(await fetch(`${slow.url}/api/sessions`))).toEqual({
      status: 504,
      code: 'query_timeout',
      message: 'The query was stopped: ask for less at once',
    });
    await slow.close();
  });
});
