import { session, shutdown } from 'agentops';
import { afterEach, expect, it } from 'vitest';
import { startService } from '../../support/http-service.ts';
import { startRecording } from '../../support/recording.ts';

// No import of undici here: it would put itself into the place of the one inside Node, which this is about.

afterEach(() => shutdown());

interface Dispatcher {
  readonly constructor: new (options: { connections: number }) => Dispatcher;
  close(): Promise<void>;
}

/** The pool of Node's own undici, which has no name to import it by. */
async function poolOfNode(url: string, connections: number): Promise<Dispatcher> {
  await (await fetch(url)).text();
  const global = ['undici.globalDispatcher.2', 'undici.globalDispatcher.1']
    .map((name): unknown => Reflect.get(globalThis, Symbol.for(name)))
    .find((found) => found !== undefined) as Dispatcher;
  return new global.constructor({ connections });
}

it('gives no session the requests of another that waited for a socket of a limited pool (C3)', async () => {
  const recording = startRecording({ session: { mode: 'multi' }, instrumentations: { http: true } });
  const service = await startService();
  const dispatcher = await poolOfNode(service.url, 2);
  const send = async (path: string, mine: string) =>
    (await fetch(service.url + path, { headers: { 'x-mine': mine }, dispatcher } as object)).text();
  const run = (index: number) =>
    session(`run ${index}`, ({ traceId }) =>
      Promise.all(Array.from({ length: 10 }, () => send(`/${traceId}`, traceId))),
    );
  await Promise.all(Array.from({ length: 8 }, (_, index) => run(index)));

  const requests = service.requests.slice(1);
  expect(requests).toHaveLength(80);
  const carried = requests.filter(({ headers }) => headers.traceparent !== undefined);
  for (const { headers } of carried) {
    expect(String(headers.traceparent).split('-')[1]).toBe(headers['x-mine']);
  }
  const sent = (await recording.spans()).filter(({ attributes }) => 'url.full' in attributes);
  for (const span of sent) {
    expect(span.attributes['url.full']).toBe(`${service.url}/${span.spanContext().traceId}`);
  }
  // Those that did not have to wait, at the least.
  expect(sent.length).toBeGreaterThanOrEqual(2);
  expect(carried).toHaveLength(sent.length);
  await dispatcher.close();
  await service.close();
});
