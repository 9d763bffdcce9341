import { SpanKind, SpanStatusCode } from '@opentelemetry/api';
import { currentSession, handleRequest, shutdown, stats, tool } from 'agentops';
import { afterEach, describe, expect, it } from 'vitest';
import { idOf, parentOf, startRecording } from '../../support/recording.ts';
import { SESSION_ID, traced } from './support/incoming.ts';

afterEach(() => shutdown());

describe('handleRequest for a web-standard Request (C2)', () => {
  const request = (init?: RequestInit) =>
    new Request('https://lamps.example/lamps/17?key=hush', { headers: traced, ...init });
  const trusted = { from: '127.0.0.1', route: () => '/lamps/:id' } as const;

  it('answers as a part of the session of its caller', async () => {
    const { span } = startRecording();
    const answer = await handleRequest(
      request(),
      () => {
        tool('search', () => {});
        return Response.json({ id: currentSession()?.id }, { status: 201, headers: { 'x-mine': '1' } });
      },
      trusted,
    );
    expect(stats().openSessions).toBe(1);
    expect([answer.status, answer.headers.get('x-mine'), await answer.json()]).toEqual([
      201,
      '1',
      { id: SESSION_ID },
    ]);
    expect(stats().openSessions).toBe(0);
    expect(await span('GET /lamps/:id')).toMatchObject({
      kind: SpanKind.SERVER,
      attributes: { 'http.response.status_code': 201, 'url.path': '/lamps/17', 'url.scheme': 'https' },
    });
    expect(parentOf(await span('execute_tool search'))).toBe(idOf(await span('GET /lamps/:id')));
  });

  it('goes on until the last part of a stream, whose parts are made in the session', async () => {
    const { span, spans } = startRecording();
    const words = ['trim', 'the', 'wick'];
    const answer = await handleRequest(
      request(),
      () =>
        new Response(
          new ReadableStream({
            pull(controller) {
              const word = words.shift();
              if (word === undefined) controller.close();
              else tool(word, () => controller.enqueue(new TextEncoder().encode(word)));
            },
          }),
        ),
      trusted,
    );
    expect(await answer.text()).toBe('trimthewick');
    const server = await span('GET /lamps/:id');
    const tools = (await spans()).filter((one) => one !== server);
    expect(tools.map(parentOf)).toEqual([idOf(server), idOf(server), idOf(server)]);
  });

  it.each<[string, (answer: Response, controller: AbortController) => Promise<unknown>]>([
    ['the body is cancelled', async ({ body }) => body!.cancel()],
    ['the request is aborted', async (_answer, controller) => controller.abort()],
  ])('ends when %s', async (_how, leave) => {
    const { span } = startRecording();
    const controller = new AbortController();
    const answer = await handleRequest(
      request({ signal: controller.signal }),
      () =>
        new Response(
          new ReadableStream({ start: (body) => body.enqueue(new TextEncoder().encode('first')) }),
        ),
      trusted,
    );
    await leave(answer, controller);
    expect((await span('GET /lamps/:id')).attributes['agentops.stream.truncated']).toBe(true);
  });

  it('carries the error of a stream, which passes through unchanged', async () => {
    const { span } = startRecording();
    const error = new TypeError('no oil');
    const answer = await handleRequest(
      request(),
      () => new Response(new ReadableStream({ pull: (body) => body.error(error) })),
      trusted,
    );
    await expect(answer.text()).rejects.toBe(error);
    expect((await span('GET /lamps/:id')).status).toEqual({ code: SpanStatusCode.ERROR, message: 'no oil' });
  });

  it('carries the error of a handler, which passes through unchanged', async () => {
    const { span } = startRecording();
    const error = new TypeError('no oil');
    const failing = () => handleRequest(request(), () => Promise.reject(error), trusted);
    await expect(failing()).rejects.toBe(error);
    expect(await span('GET /lamps/:id')).toMatchObject({
      status: { code: SpanStatusCode.ERROR, message: 'no oil' },
      attributes: { 'http.response.status_code': 500 },
    });
  });

  it.each([
    ['has no body', 'GET', new Response(null, { status: 204 })],
    ['is to HEAD', 'HEAD', new Response('not sent')],
  ])('gives the very response back where it %s', async (_what, method, response) => {
    const { spans } = startRecording();
    expect(await handleRequest(request({ method }), () => response, trusted)).toBe(response);
    expect(await spans()).toHaveLength(1);
  });

  it('trusts nobody whose address nobody has said, and leaves that answer as it is', async () => {
    const { spans } = startRecording();
    const response = new Response('ok');
    const handler = () => {
      expect(currentSession()).toBeUndefined();
      return response;
    };
    expect(await handleRequest(request(), handler)).toBe(response);
    expect(await spans()).toEqual([]);
    expect(stats().propagation.ignored.untrusted).toBe(1);
  });

  it('is the handler alone before init', async () => {
    const response = new Response('ok');
    expect(await handleRequest(request(), () => response, trusted)).toBe(response);
  });
});
