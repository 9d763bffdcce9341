import { always } from '@agentops/model-server';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { InMemoryTransport } from '@modelcontextprotocol/sdk/inMemory.js';
import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js';
import { WebStandardStreamableHTTPServerTransport } from '@modelcontextprotocol/sdk/server/webStandardStreamableHttp.js';
import { context } from '@opentelemetry/api';
import type { ReadableSpan } from '@opentelemetry/sdk-trace';
import { action, currentSession, type InitOptions, session, shutdown, TraceContext } from 'agentops';
import { instrumentMcpClient, instrumentMcpServer } from 'agentops/mcp';
import { afterEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { withPeer } from '../../packages/agentops/src/telemetry/propagation/peer.ts';
import { idOf, parentOf, startRecording } from '../../packages/agentops/test/support/recording.ts';
import { runExample, spanNamed, treeOf } from './support/run-example.ts';

describe('the Model Context Protocol (P5)', () => {
  it.each(['stdio', 'http'])('has client and server in one trace, over %s', async (transport) => {
    const { output, spans } = await runExample('mcp/main.ts', always({}), { args: [transport] });

    expect(output).toBe('oil_left\n40 litres at Skerryvore\nno such place\nLamp lit at dusk.');
    const label = (span: (typeof spans)[number]) =>
      `${span.operation_name}: ${['', 'internal', 'server', 'client'][span.kind]}, ${span.event_type}, ${span.status}`;
    expect(treeOf(spans, label)).toBe(
      [
        'round: internal, null, 1',
        '  invoke_agent keeper: internal, null, 0',
        '    tools/list: client, actions, 0',
        '      tools/list: server, null, 0',
        '    tools/call oil_left: client, tools, 0',
        '      tools/call oil_left: server, null, 0',
        '        action measure: internal, actions, 0',
        '    tools/call oil_left: client, tools, 2',
        '      tools/call oil_left: server, null, 2',
        '    resources/read: client, actions, 0',
        '      resources/read: server, null, 0',
      ].join('\n'),
    );
    expect(new Set(spans.map(({ session_id }) => session_id)).size).toBe(1);
    expect(spanNamed(spans, 'action measure').service_name).toBe('mcp-server-example');
    const called = spans.find(({ operation_name }) => operation_name === 'tools/call oil_left');
    expect(called?.attributes).toMatchObject({
      'mcp.method.name': 'tools/call',
      'gen_ai.tool.name': 'oil_left',
      'gen_ai.tool.call.arguments': '{"place":"Skerryvore"}',
      'gen_ai.tool.call.result': '[{"type":"text","text":"40 litres at Skerryvore"}]',
    });
  });
});

/** A client and a server in one process. */
interface Pair {
  readonly client: Client;
  readonly server: McpServer;
  /** What the server's tool was given with each call. */
  readonly metas: unknown[];
}

async function connect(which: 'client' | 'server' | 'both' | 'none'): Promise<Pair> {
  const server = new McpServer({ name: 's', version: '1' });
  const metas: unknown[] = [];
  server.registerTool('echo', { inputSchema: { say: z.string() } }, async ({ say }, { _meta }) => {
    metas.push(_meta);
    await action('think', async () => {});
    return { content: [{ type: 'text', text: say }] };
  });
  const client = new Client({ name: 'c', version: '1' });
  if (which === 'client' || which === 'both') expect(instrumentMcpClient(client)).toBe(client);
  if (which === 'server' || which === 'both') expect(instrumentMcpServer(server)).toBe(server);
  server.registerPrompt('greet', {}, () => {
    throw new Error('no greeting');
  });
  const [here, there] = InMemoryTransport.createLinkedPair();
  await Promise.all([client.connect(here), server.connect(there)]);
  return { client, server, metas };
}

const TRACE_ID = '0190a8f01c2d7e3f8a4b5c6d7e8f9a0b';

const echo = { name: 'echo', arguments: { say: 'lamp' } };

describe('a client and a server of the Model Context Protocol', () => {
  afterEach(() => shutdown());

  async function record(
    which: Parameters<typeof connect>[0],
    ask: (pair: Pair) => Promise<unknown>,
    options?: InitOptions,
  ) {
    const recording = startRecording(options);
    const pair = await connect(which);
    const seen = await ask(pair).catch((error: Error) => `${error.name}: ${error.message}`);
    await pair.client.close();
    expect(recording.errors).toEqual([]);
    return { seen, spans: await recording.spans(), metas: pair.metas };
  }

  const named = (spans: readonly ReadableSpan[], name: string): ReadableSpan => {
    const [span, ...others] = spans.filter((one) => one.name === name);
    expect(others).toEqual([]);
    return span!;
  };

  it('get and give the same as without us', async () => {
    const ask = ({ client }: Pair) =>
      session('run', async () => [
        await client.callTool(echo),
        await client.listTools(),
        await client.callTool({ name: 'echo', arguments: { say: 5 } }),
        await client
          .getPrompt({ name: 'greet' })
          .catch(({ name, message, code }) => ({ name, message, code })),
        await client.ping(),
      ]);
    const plain = await record('none', ask);
    await shutdown();
    const watched = await record('both', ask);

    expect(watched.seen).toEqual(plain.seen);
    expect(plain.spans.map(({ name }) => name)).toEqual(['action think', 'run']);
  });

  it('sends trace context beside what the program put into _meta', async () => {
    const call = { ...echo, _meta: { mine: 1 } };
    const { metas, spans } = await record('client', ({ client }) =>
      session('run', () => client.callTool(call)),
    );

    const { traceId, spanId } = named(spans, 'tools/call echo').spanContext();
    expect(metas).toEqual([{ mine: 1, traceparent: `00-${traceId}-${spanId}-01` }]);
    expect(call._meta).toEqual({ mine: 1 });
  });

  it('sends baggage where the server may have it', async () => {
    const ask = ({ client }: Pair) =>
      session('run', () =>
        TraceContext.current()
          .withBaggage({ tenant: 'acme' })
          .run(() => client.callTool(echo)),
      );
    const allowed = await record('client', ask, { context: { baggage: { hosts: ['localhost'] } } });
    await shutdown();
    const refused = await record('client', ask, { context: { baggage: { hosts: ['*.internal'] } } });

    expect(allowed.metas).toEqual([
      { traceparent: expect.any(String), baggage: expect.stringContaining('tenant=acme') },
    ]);
    expect(refused.metas).toEqual([{ traceparent: expect.any(String) }]);
  });

  it('tells of progress where the call was made', async () => {
    const seen: (string | undefined)[] = [];
    const onprogress = () => seen.push(TraceContext.current().sessionId);
    const ask = ({ client, server }: Pair) => {
      server.registerTool('slow', {}, async ({ _meta, sendNotification }) => {
        const progressToken = _meta?.progressToken ?? '';
        await sendNotification({ method: 'notifications/progress', params: { progressToken, progress: 1 } });
        return { content: [] };
      });
      return session('run', async (run) => {
        await client.callTool({ name: 'slow' }, undefined, { onprogress });
        expect(seen).toEqual([run.id]);
      });
    };
    await record('client', ask, { session: { mode: 'multi' } });
    expect(seen).toHaveLength(1);
  });

  it.each([
    ['b3', { b3: `${TRACE_ID}-5c6d7e8f9a0b0190-1` }],
    ['uber-trace-id', { 'uber-trace-id': `${TRACE_ID}:5c6d7e8f9a0b0190:0:1` }],
  ])('goes on with the session of a caller that sends %s', async (_format, _meta) => {
    const ask = ({ client }: Pair) => client.callTool({ ...echo, _meta });
    const { spans } = await record('server', ask);

    expect(named(spans, 'tools/call echo').parentSpanContext?.traceId).toBe(TRACE_ID);
  });

  it('answers a caller that is not trusted in a session of its own, linked to the caller’s', async () => {
    const _meta = { traceparent: `00-${TRACE_ID}-5c6d7e8f9a0b0190-01` };
    const ask = ({ client }: Pair) => client.callTool({ ...echo, _meta });
    const { spans } = await record('server', ask, { context: { trustIncoming: 'none' } });

    const root = named(spans, 'tools/call');
    expect(root.spanContext().traceId).not.toBe(TRACE_ID);
    expect(root.links.map((link) => link.context.traceId)).toEqual([TRACE_ID]);
  });

  it.each([
    ['127.0.0.1', true],
    ['203.0.113.9', false],
    [undefined, false],
  ])('over HTTP trusts the peer of the request, %s: %s', async (peer, isTrusted) => {
    const recording = startRecording();
    const server = instrumentMcpServer(new McpServer({ name: 's', version: '1' }));
    server.registerTool('look', {}, () => ({ content: [] }));
    const transport = new WebStandardStreamableHTTPServerTransport({ enableJsonResponse: true });
    await server.connect(transport);
    const request = new Request('http://127.0.0.1/mcp', {
      method: 'POST',
      headers: { accept: 'application/json, text/event-stream', 'content-type': 'application/json' },
      body: JSON.stringify({
        jsonrpc: '2.0',
        id: 1,
        method: 'tools/call',
        params: { name: 'look', _meta: { traceparent: `00-${TRACE_ID}-5c6d7e8f9a0b0190-01` } },
      }),
    });
    const answer = await context.with(withPeer(context.active(), peer), () =>
      transport.handleRequest(request),
    );
    expect(answer.status).toBe(200);
    await answer.text();

    const { traceId } = (await recording.span('tools/call look')).spanContext();
    expect(traceId === TRACE_ID).toBe(isTrusted);
  });

  it('answers a caller of whom nothing is known in a session of its own', async () => {
    const ask = ({ client }: Pair) => Promise.all([client.callTool(echo), client.callTool(echo)]);
    const { spans } = await record('server', ask, { session: { mode: 'multi' } });

    const roots = spans.filter(({ name }) => name === 'tools/call');
    expect(roots.map(({ attributes }) => attributes['agentops.session.end_state'])).toEqual([
      'Success',
      'Success',
    ]);
    for (const root of roots) {
      const answer = spans.find((span) => parentOf(span) === idOf(root));
      expect(answer?.attributes).toMatchObject({
        'event.type': 'tools',
        'session.id': root.attributes['session.id'],
      });
      expect(
        spans.filter((span) => answer && parentOf(span) === idOf(answer)).map(({ name }) => name),
      ).toEqual(['action think']);
    }
  });

  it.each([
    ['ended', () => currentSession()?.end('Fail', 'refused'), ['Fail']],
    ['detached', () => currentSession()?.detach(), []],
  ])('leaves a session alone that the server has %s itself', async (_what, leave, ended) => {
    const ask = ({ client, server }: Pair) => {
      server.registerTool('leave', {}, () => {
        leave();
        return { content: [] };
      });
      return client.callTool({ name: 'leave' });
    };
    const { spans } = await record('server', ask);
    const roots = spans.filter(({ name }) => name === 'tools/call');
    expect(roots.map(({ attributes }) => attributes['agentops.session.end_state'])).toEqual(ended);
  });

  it('marks what failed, with the code of the protocol', async () => {
    const ask = ({ client }: Pair) => session('run', () => client.getPrompt({ name: 'greet' }));
    const { seen, spans } = await record('both', ask);

    expect(seen).toContain('no greeting');
    const [answer, call] = spans.filter(({ name }) => name === 'prompts/get greet');
    expect(call?.status.code).toBe(2);
    expect(call?.attributes).toMatchObject({
      'gen_ai.prompt.name': 'greet',
      'rpc.response.status_code': '-32603',
    });
    expect(answer?.status).toEqual({ code: 2, message: 'no greeting' });
    expect(parentOf(answer!)).toBe(idOf(call!));
  });

  it('ends the span of a call that its caller gave up', async () => {
    const ask = ({ client }: Pair) => {
      const aborted = AbortSignal.abort(new Error('enough'));
      return session('run', () => client.callTool(echo, undefined, { signal: aborted }));
    };
    const { spans } = await record('client', ask);

    expect(named(spans, 'tools/call echo').status).toMatchObject({ code: 2, message: 'enough' });
  });

  it('tells the server of a session that is not sampled', async () => {
    const ask = ({ client }: Pair) => session('run', () => client.callTool(echo));
    const { spans, metas } = await record('both', ask, { sampling: { rate: 0 } });

    expect(spans).toEqual([]);
    expect(metas).toEqual([{ traceparent: expect.stringMatching(/-00$/) }]);
  });

  it('records no content where that is off', async () => {
    const ask = ({ client }: Pair) => session('run', () => client.callTool(echo));
    const { spans } = await record('both', ask, { content: { capture: false } });

    expect(JSON.stringify(spans.map(({ attributes }) => attributes))).not.toContain('lamp');
  });

  it('reports what is no client and no server, and gives it back', () => {
    const { errors } = startRecording();
    const neither = {} as Client & McpServer;

    expect(instrumentMcpClient(neither)).toBe(neither);
    expect(instrumentMcpServer(neither)).toBe(neither);
    expect(errors.map(({ message }) => message)).toEqual([
      expect.stringMatching(/^instrumentMcpClient: expected a Client/),
      expect.stringMatching(/^instrumentMcpServer: expected a McpServer or Server/),
    ]);
  });
});
