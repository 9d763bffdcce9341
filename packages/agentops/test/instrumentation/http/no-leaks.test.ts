import { once } from 'node:events';
import http from 'node:http';
import { text } from 'node:stream/consumers';
import { setTimeout as pause } from 'node:timers/promises';
import { handleRequest, session, shutdown, tool } from 'agentops';
import { Agent, request as undiciRequest } from 'undici';
import { afterEach, describe, expect, it } from 'vitest';
import { type HttpService, startService } from '../../support/http-service.ts';
import { idOf, parentOf, type Recording, startRecording } from '../../support/recording.ts';

/** Within what a machine that is busy may take. */
const LATER = { timeout: 10_000 };

const SESSIONS = 8;
const REQUESTS = 10;

interface Pool {
  close(): Promise<void>;
}

type Send = (url: string, headers: Record<string, string>) => Promise<string>;

const closers: (() => unknown)[] = [];

afterEach(async () => {
  await Promise.all(closers.splice(0).map((close) => close()));
  await shutdown();
});

function closing<P extends Pool>(pool: P): P {
  closers.push(() => pool.close());
  return pool;
}

const fetchBy =
  (dispatcher?: object): Send =>
  async (url, headers) =>
    (await fetch(url, { headers, ...(dispatcher && { dispatcher }) } as RequestInit)).text();

const senders: Readonly<Record<string, () => Promise<Send>>> = {
  'fetch, over sockets that are kept': async () => fetchBy(),
  'fetch, over two sockets of a pool': async () => fetchBy(closing(new Agent({ connections: 2 }))),
  'undici, over two sockets of a pool': async () => {
    const dispatcher = closing(new Agent({ connections: 2 }));
    return async (url, headers) => (await undiciRequest(url, { headers, dispatcher })).body.text();
  },
  'node:http, over two sockets of an agent': async () => {
    const agent = new http.Agent({ keepAlive: true, maxSockets: 2 });
    closers.push(() => agent.destroy());
    return async (url, headers) => {
      const [response] = await once(http.get(url, { headers, agent }), 'response');
      return text(response);
    };
  },
};

/** Many sessions, which ask at the same time, each request under the id of its own. */
async function askAll(service: HttpService, send: Send): Promise<void> {
  const run = (index: number) =>
    session(`run ${index}`, async ({ traceId }) => {
      const ask = (path: number) => send(`${service.url}/${index}/${path}`, { 'x-mine': traceId });
      await Promise.all(Array.from({ length: REQUESTS }, (_, path) => ask(path)));
    });
  await Promise.all(Array.from({ length: SESSIONS }, (_, index) => run(index)));
}

/** A service that takes its time, so that requests overtake each other. */
async function startSlowService(answer: (path: string) => Promise<string>): Promise<HttpService> {
  const service = await startService((request, response) => {
    const { url = '' } = request;
    handleRequest(request, response, async () => {
      await pause(Math.random() * 4);
      response.end(await answer(url));
    });
  });
  closers.push(() => service.close());
  return service;
}

async function expectOwnSessions({ spans }: Recording): Promise<void> {
  const all = await spans();
  const runs = new Map(all.filter((span) => parentOf(span) === undefined).map((span) => [span.name, span]));
  for (const span of all) {
    const path = String(
      span.attributes['url.path'] ?? new URL(String(span.attributes['url.full'] ?? 'http://x')).pathname,
    );
    const run = path === '/' ? undefined : runs.get(`run ${path.split('/')[1]}`);
    if (run !== undefined) expect(span.spanContext().traceId).toBe(run.spanContext().traceId);
  }
}

describe('many sessions that send at the same time (C3)', () => {
  it.each(Object.keys(senders))('each have their own requests: %s', async (way) => {
    const recording = startRecording({ session: { mode: 'multi' }, instrumentations: { http: true } });
    const service = await startSlowService(async (path) => path);
    await askAll(service, await senders[way]!());

    expect(service.requests).toHaveLength(SESSIONS * REQUESTS);
    for (const { headers } of service.requests) {
      expect(String(headers.traceparent).split('-')[1]).toBe(headers['x-mine']);
    }
    const sent = (await recording.spans()).filter(({ attributes }) => 'url.full' in attributes);
    expect(sent).toHaveLength(SESSIONS * REQUESTS);
    await expectOwnSessions(recording);
    expect(recording.errors).toEqual([]);
  });
});

describe('many sessions that are answered at the same time (C3)', () => {
  it('each have what their own requests do', async () => {
    const recording = startRecording({ session: { mode: 'multi' }, instrumentations: { http: true } });
    const inner = await startSlowService(async (path) => path);
    const service = await startSlowService((path) =>
      tool(path, async () => {
        await pause(Math.random() * 2);
        return fetchBy()(`${inner.url}${path}`, {});
      }),
    );
    await askAll(service, fetchBy());
    await expect.poll(() => recording.client.telemetry.activeSpans(), LATER).toEqual([]);

    const spans = await recording.spans();
    const byId = new Map(spans.map((span) => [idOf(span), span]));
    const up = (span: (typeof spans)[number]): string[] => {
      const parent = byId.get(String(parentOf(span)));
      return [span.name, ...(parent === undefined ? [] : up(parent))];
    };
    const answered = spans.filter(
      ({ name, attributes }) => name === 'GET' && attributes['url.path'] !== undefined,
    );
    expect(answered).toHaveLength(2 * SESSIONS * REQUESTS);
    for (const span of answered) {
      const path = String(span.attributes['url.path']);
      const run = `run ${path.split('/')[1]}`;
      const whole = ['GET', 'GET', `execute_tool ${path}`, 'GET', 'GET', run];
      expect([whole.join(), whole.slice(3).join()]).toContain(up(span).join());
    }
    await expectOwnSessions(recording);
    expect(recording.errors).toEqual([]);
  });
});
