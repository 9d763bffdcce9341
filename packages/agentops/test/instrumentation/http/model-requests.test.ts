import { type Channel, subscribe, unsubscribe } from 'node:diagnostics_channel';
import { once } from 'node:events';
import http from 'node:http';
import { type AddressInfo, createServer, type LookupFunction } from 'node:net';
import { text } from 'node:stream/consumers';
import Anthropic from '@anthropic-ai/sdk';
import { context, propagation, SpanKind, trace } from '@opentelemetry/api';
import * as agentops from 'agentops';
import { instrument, session, shutdown, TraceContext } from 'agentops';
import OpenAI from 'openai';
import { Agent } from 'undici';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { startRecording } from '../../support/recording.ts';

afterEach(() => shutdown());

/** Takes every name for this machine. */
const lookup: LookupFunction = (_name, options, callback) => {
  if (options.all) callback(null, [{ address: '127.0.0.1', family: 4 }]);
  else callback(null, '127.0.0.1', 4);
};
const dispatcher = new Agent({ connect: { lookup } });
afterAll(() => dispatcher.close());
// The types of Node's own undici are those of another version.
const anyName = { dispatcher } as unknown as RequestInit;

/** The bytes of every request that came in, on whatever name. */
const received: string[] = [];

const answer = JSON.stringify({
  id: 'x',
  type: 'message',
  role: 'assistant',
  model: 'm',
  content: [{ type: 'text', text: 'Warm.' }],
  choices: [{ index: 0, message: { role: 'assistant', content: 'Warm.' }, finish_reason: 'stop' }],
  usage: { input_tokens: 1, output_tokens: 2, prompt_tokens: 1, completion_tokens: 2, total_tokens: 3 },
});

const server = createServer((socket) => {
  let bytes = '';
  socket.on('error', () => {});
  socket.on('data', (chunk) => {
    bytes += chunk.toString('latin1');
    const length = Number(/\r\ncontent-length: (\d+)/i.exec(bytes)?.[1] ?? 0);
    const end = bytes.indexOf('\r\n\r\n') + 4;
    if (end < 4 || bytes.length < end + length) return;
    received.push(bytes);
    socket.end(
      `HTTP/1.1 200 OK\r\ncontent-type: application/json\r\nconnection: close\r\ncontent-length: ${answer.length}\r\n\r\n${answer}`,
    );
  });
});
let port: number;
beforeAll(async () => {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  ({ port } = server.address() as AddressInfo);
});
afterAll(() => server.close());

type Make = <Client extends object>(client: Client) => Client;

const settings = { apiKey: 'key', maxRetries: 0, logLevel: 'off', fetchOptions: { dispatcher } } as const;
const ask = {
  openai: (make: Make, host = 'api.openai.com') =>
    make(new OpenAI({ ...settings, baseURL: `http://${host}:${port}/v1` })).chat.completions.create({
      model: 'm',
      messages: [{ role: 'user', content: 'Is the lamp lit?' }],
    }),
  anthropic: (make: Make, host = 'api.anthropic.com') =>
    make(new Anthropic({ ...settings, baseURL: `http://${host}:${port}` })).messages.create({
      model: 'm',
      max_tokens: 10,
      messages: [{ role: 'user', content: 'Is the lamp lit?' }],
    }),
} as const;

const bare: Make = (client) => client;

const everything = {
  instrumentations: { http: true },
  context: { propagation: ['w3c', 'b3'], baggage: { hosts: ['*'] } },
} as const;

/** What goes over the wire while `program` runs, without what differs from request to request by nature. */
async function wire(program: () => Promise<unknown>): Promise<string> {
  const before = received.length;
  await program();
  expect(received).toHaveLength(before + 1);
  return received
    .at(-1)!
    .replace(/\r\nidempotency-key: [^\r]*/i, '')
    .replaceAll(String(port), 'PORT');
}

/** A client that injects by itself puts its headers in another order. */
function ordered(bytes: string): string {
  const [head = '', body = ''] = bytes.split('\r\n\r\n');
  const [line = '', ...headers] = head.split('\r\n');
  const lower = headers.map((header) => header.replace(/^[^:]*/, (name) => name.toLowerCase()));
  return [line, ...lower.sort(), body].join('\n');
}

const inTenant = <T>(fn: () => T): T => TraceContext.current().withBaggage({ tenant: 't-1' }).run(fn);

/** An instrumentation of HTTP as others make them: it knows no hosts, and injects into every request. */
function startForeignInstrumentation(): () => void {
  const inject: Parameters<Channel['subscribe']>[0] = (message) => {
    const { request } = message as {
      request: { origin: string; addHeader: (name: string, value: string) => void };
    };
    const { hostname } = new URL(request.origin);
    const span = trace.getTracer('foreign').startSpan('GET', {
      kind: SpanKind.CLIENT,
      attributes: { 'server.address': hostname },
    });
    const headers: Record<string, string> = {};
    propagation.inject(trace.setSpan(context.active(), span), headers);
    for (const [name, value] of Object.entries(headers)) request.addHeader(name, value);
    span.end();
  };
  subscribe('undici:request:create', inject);
  return () => unsubscribe('undici:request:create', inject);
}

describe('requests to models (C4)', () => {
  describe.each(['openai', 'anthropic'] as const)('of the client of %s', (provider) => {
    it('are byte for byte the program’s, whoever injects', async () => {
      const plain = await wire(() => ask[provider](bare));
      startRecording(everything);
      const run = () => session('run', () => inTenant(() => ask[provider](instrument)));
      expect(await wire(run)).toBe(plain);
      const stop = startForeignInstrumentation();
      expect(await wire(run)).toBe(plain);
      stop();
    });

    it('are so where the client is left alone', async () => {
      const plain = await wire(() => ask[provider](bare));
      startRecording(everything);
      const run = () => session('run', () => inTenant(() => ask[provider](bare)));
      expect(ordered(await wire(run))).toBe(ordered(plain));
      const stop = startForeignInstrumentation();
      expect(ordered(await wire(run))).toBe(ordered(plain));
      stop();
    });

    it('are so on a host that is known for no models, where the client is instrumented', async () => {
      const host = 'models.internal';
      const plain = await wire(() => ask[provider](bare, host));
      const recording = startRecording(everything);
      expect(await wire(() => session('run', () => inTenant(() => ask[provider](instrument, host))))).toBe(
        plain,
      );
      const kinds = (await recording.spans()).map(({ attributes }) => attributes['agentops.span.kind']);
      expect(kinds).toEqual(['llm', 'session']);
    });
  });

  it('have no header of ours on any host, of a client that injects by itself', async () => {
    const host = 'models.internal';
    const plain = await wire(() => ask.anthropic(bare, host));
    startRecording(everything);
    const sent = await wire(() => session('run', () => inTenant(() => ask.anthropic(bare, host))));
    expect(ordered(sent)).toBe(ordered(plain));
  });

  it.each<[string, (url: string) => Promise<unknown>]>([
    ['fetch', async (url) => (await fetch(url, anyName)).text()],
    ['agentops.fetch', async (url) => (await agentops.fetch(url, anyName)).text()],
    [
      'node:http',
      async (url) => {
        const [response] = await once(http.get(url, { lookup }), 'response');
        return text(response);
      },
    ],
    [
      'node:http, to the address itself',
      async (url) => {
        const { pathname, host } = new URL(url);
        const [response] = await once(
          http.get({ port, host: '127.0.0.1', path: pathname, headers: { host } }),
          'response',
        );
        return text(response);
      },
    ],
  ])('carry nothing and have no span, made by %s', async (_how, send) => {
    const recording = startRecording(everything);
    const sent = await wire(() =>
      session('run', () => inTenant(() => send(`http://generativelanguage.googleapis.com:${port}/v1`))),
    );
    expect(sent).not.toMatch(/traceparent|b3|baggage/i);
    expect((await recording.spans()).map(({ name }) => name)).toEqual(['run']);
  });
});

it('the host rules hold for what other instrumentations inject, and they send no baggage (C4)', async () => {
  startRecording({ context: { hosts: ['*.internal'], baggage: { hosts: ['*'] } } });
  const stop = startForeignInstrumentation();
  const send = (host: string) =>
    wire(() => session('run', async () => (await fetch(`http://${host}:${port}/`, anyName)).text()));
  expect(await send('lamps.internal')).toMatch(/\r\ntraceparent: /);
  expect(await send('lamps.internal')).not.toMatch(/\r\nbaggage: /);
  expect(await send('lamps.example')).not.toMatch(/\r\ntraceparent: /);
  stop();
});

describe('baggage on the wire (C4)', () => {
  const sent = async (hosts: readonly string[], host: string, entries: Record<string, string> = {}) => {
    const recording = startRecording({ instrumentations: { http: true }, context: { baggage: { hosts } } });
    let id = '';
    const bytes = await wire(() =>
      session('run', (run) => {
        id = run.id;
        return TraceContext.current()
          .withBaggage(entries)
          .run(async () => (await fetch(`http://${host}:${port}/`, anyName)).text());
      }),
    );
    expect(recording.errors).toEqual([]);
    return { id, bytes, baggage: /\r\nbaggage: ([^\r]*)/i.exec(bytes)?.[1] };
  };

  it('has the session’s id, at allowed hosts alone', async () => {
    const { id, baggage } = await sent(['*.internal'], 'lamps.internal');
    expect(baggage).toBe(`agentops.session.id=${id}`);
    await shutdown();
    const other = await sent(['*.internal'], 'lamps.example');
    expect(other.bytes).toMatch(/traceparent/);
    expect(other.baggage).toBeUndefined();
    await shutdown();
    expect((await sent([], 'lamps.internal')).baggage).toBeUndefined();
  });

  it('goes only where both the address and the name asked for are allowed', async () => {
    startRecording({ instrumentations: { http: true }, context: { baggage: { hosts: ['127.0.0.1'] } } });
    const bytes = await wire(() =>
      session('run', async () => {
        const [response] = await once(
          http.get({ port, host: '127.0.0.1', headers: { host: 'lamps.example' } }),
          'response',
        );
        return text(response);
      }),
    );
    expect(bytes).toMatch(/traceparent/);
    expect(bytes).not.toMatch(/baggage/);
  });

  it('leaves out a pair of more than 4096 bytes', async () => {
    const { id, baggage } = await sent(['*'], 'lamps.internal', { small: '1', large: 'x'.repeat(4096) });
    expect(baggage).toBe(`small=1,agentops.session.id=${id}`);
  });

  it('has 8192 bytes at most', async () => {
    const entries = Object.fromEntries(
      Array.from({ length: 20 }, (_, index) => [`entry-${index}`, 'x'.repeat(1000)]),
    );
    const { baggage = '' } = await sent(['*'], 'lamps.internal', entries);
    expect(baggage.length).toBeGreaterThan(7000);
    expect(baggage.length).toBeLessThanOrEqual(8192);
    expect(baggage).toMatch(/^entry-0=x{1000},/);
  });
});
