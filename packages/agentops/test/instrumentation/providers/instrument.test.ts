import { always, type ModelServer, startModelServer } from '@agentops/model-server';
import { context, propagation, trace } from '@opentelemetry/api';
import { CompositePropagator, W3CBaggagePropagator, W3CTraceContextPropagator } from '@opentelemetry/core';
import { agent, flush, instrument, session, shutdown, tool } from 'agentops';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { idOf, jsonOf, parentOf, startRecording } from '../../support/recording.ts';
import { llmSpans } from './support/control-run.ts';
import { anthropicClient, openaiClient, PROVIDERS, STAINLESS } from './support/provider-case.ts';
import { readAll, recordCall, recordCalls } from './support/record-calls.ts';

const body = { model: 'gpt-4o', messages: [{ role: 'user' as const, content: 'How warm is it?' }] };

let server: ModelServer;
beforeEach(async () => {
  server = await startModelServer({ script: always({ text: 'Warm.' }) });
});
afterEach(async () => {
  await shutdown();
  await server.close();
});

describe('instrument() (P6)', () => {
  it('returns the very client, which looks as it did', () => {
    const client = openaiClient(server.url);
    const keys = Object.keys(client);
    const members = Object.keys(client.chat.completions);

    expect(instrument(client)).toBe(client);
    expect(Object.keys(client)).toEqual(keys);
    expect(Object.keys(client.chat.completions)).toEqual(members);
  });

  it('makes one span however often a client is instrumented', async () => {
    const { calls } = await recordCalls(always({ text: 'Warm.' }), async (url) => {
      const client = instrument(instrument(openaiClient(url)));
      await client.chat.completions.create(body);
      await instrument(client.withOptions({ maxRetries: 1 })).chat.completions.create(body);
    });

    expect(calls).toHaveLength(2);
  });

  it.each([
    ['an object of another kind', {}, /^instrument: Object is no client/],
    ['null', null, /^instrument: null is no client/],
    ['a text', 'openai', /^instrument: String is no client/],
  ])('hands %s back and reports it', (_kind, client, message) => {
    const { errors } = startRecording();

    expect(instrument(client as object)).toBe(client);
    expect(errors).toMatchObject([{ code: 'invalid_argument', message: expect.stringMatching(message) }]);
  });

  it('may come before init() and outlive shutdown()', async () => {
    const client = instrument(openaiClient(server.url));
    const answer = async () => (await client.chat.completions.create(body)).choices[0]?.message.content;

    expect(await answer()).toBe('Warm.');
    const recording = startRecording();
    expect(await answer()).toBe('Warm.');
    expect(llmSpans(await recording.spans())).toHaveLength(1);
    await shutdown();
    expect(await answer()).toBe('Warm.');
    expect(recording.client.stats().exporters).toMatchObject({ InMemorySpanExporter: { ended: 2 } });
    expect(recording.errors).toEqual([]);
  });

  it('ends the spans of answers that nobody asked for at shutdown at the latest', async () => {
    const { client } = startRecording();
    const { completions } = instrument(openaiClient(server.url)).chat;
    const response = await session('run', () => completions.create({ ...body, stream: true }).withResponse());
    await shutdown();
    await response.response.body?.cancel();

    expect(client.stats().exporters).toMatchObject({ InMemorySpanExporter: { ended: 2, delivered: 2 } });
  });
});

describe('the session of a call (S7)', () => {
  it('is the one it runs in, and its agent', async () => {
    const recording = startRecording({ session: { mode: 'multi' } });
    const { completions } = instrument(openaiClient(server.url)).chat;
    const ids = await Promise.all(
      ['a', 'b'].map((name) =>
        session(name, async (run) => {
          await agent(name, () => completions.create(body));
          return run.id;
        }),
      ),
    );

    const calls = llmSpans(await recording.spans());
    expect(calls.map((call) => call.attributes['session.id']).sort()).toEqual(ids.sort());
    for (const call of calls) {
      const parent = (await recording.spans()).find((span) => idOf(span) === parentOf(call));
      expect(parent?.attributes['session.id']).toBe(call.attributes['session.id']);
      expect(parent?.name).toBe(`invoke_agent ${call.attributes['gen_ai.agent.name']}`);
    }
  });

  it('is missing outside every session in multi-session mode: the call works and is refused once', async () => {
    const recording = startRecording({ session: { mode: 'multi' } });
    const completion = await instrument(openaiClient(server.url)).chat.completions.create(body);

    expect(completion.choices[0]?.message.content).toBe('Warm.');
    expect(await recording.spans()).toEqual([]);
    expect(recording.errors).toMatchObject([{ code: 'no_session' }]);
  });

  it('exports nothing where it is not sampled, and the call works', async () => {
    const recording = startRecording({ sampling: { rate: 0 } });
    const client = instrument(anthropicClient(server.url));
    const message = await session('run', () => client.messages.create({ ...body, max_tokens: 9 }));

    expect(message.content).toMatchObject([{ text: 'Warm.' }]);
    expect(await recording.spans()).toEqual([]);
    expect(server.requests[0]?.headers).not.toHaveProperty('traceparent');
  });

  it('counts an error once, however far it travels', async () => {
    const { spans } = await recordCalls(always({ fault: { kind: 'status', status: 400 } }), async (url) => {
      const { completions } = instrument(openaiClient(url)).chat;
      await tool('ask', () => completions.create(body)).catch(() => {});
    });

    expect(spans.slice(0, 2).map(({ name, status, events }) => [name, status.code, events.length])).toEqual([
      ['chat gpt-4o', 2, 1],
      ['execute_tool ask', 2, 0],
    ]);
  });
});

describe('content capture off (P6)', () => {
  it.each(PROVIDERS)('$name: leaves out what was said and keeps the rest', async ({ connect }) => {
    const call = await recordCall(
      always({ text: 'Warm.', toolCalls: [{ name: 'look', arguments: { at: 'the sky' } }] }),
      async (url) => {
        const caller = connect(url, instrument);
        await readAll(await caller.createStream());
      },
      { content: { capture: false } },
    );

    expect(call.attributes['gen_ai.response.finish_reasons']).toHaveLength(1);
    expect(jsonOf(call, 'event.data')).toMatchObject({ model: expect.any(String) });
    const everything = JSON.stringify([call.attributes, call.events]);
    expect(everything).not.toMatch(/Warm|How warm|the sky|gen_ai\.(input|output)\.messages/);
  });
});

describe('other telemetry around a call', () => {
  describe.each([
    [
      'a propagator that would send it',
      {
        propagator: new CompositePropagator({
          propagators: [new W3CTraceContextPropagator(), new W3CBaggagePropagator()],
        }),
      },
    ],
    [
      'every format and every host',
      { propagation: ['w3c', 'b3', 'b3multi'] as const, baggage: { hosts: ['*'] } },
    ],
  ])('with %s (C4)', (_, options) => {
    it.each(STAINLESS)(
      '$name: makes one span and sends no trace context and no baggage',
      async ({ connect }) => {
        const { spans, requests } = await recordCalls(
          always({ text: 'Warm.' }),
          async (url) => {
            const caller = connect(url, instrument).withOptions();
            const entries = propagation.createBaggage({ tenant: { value: 'secret' } });
            await context.with(propagation.setBaggage(context.active(), entries), async () => {
              await caller.create();
              await readAll(await caller.createStream());
              await caller.stream().finalMessage();
            });
          },
          { context: options },
        );

        expect(spans.map((span) => span.attributes['agentops.span.kind'])).toEqual([
          'llm',
          'llm',
          'llm',
          'session',
        ]);
        expect(requests).toHaveLength(3);
        for (const { headers } of requests) {
          for (const name of Object.keys(headers))
            expect(name).not.toMatch(/^(traceparent|tracestate|baggage|b3|x-b3-.*)$/);
        }
      },
    );
  });

  it.each(PROVIDERS)(
    '$name: sends no baggage where it is not instrumented either, whatever hosts are allowed (C4)',
    async ({ connect }) => {
      const { requests } = await recordCalls(
        always({ text: 'Warm.' }),
        (url) => {
          const entries = propagation.createBaggage({ tenant: { value: 'secret' } });
          const client = connect(url, (plain) => plain);
          return context.with(propagation.setBaggage(context.active(), entries), () => client.create());
        },
        { context: { baggage: { hosts: ['*'] } } },
      );

      expect(requests).toHaveLength(1);
      expect(requests[0]?.headers).not.toHaveProperty('baggage');
    },
  );

  it.each(PROVIDERS)('$name: HTTP spans become children of the call', async ({ connect }) => {
    const plainFetch = globalThis.fetch;
    globalThis.fetch = (input, init) => {
      trace.getTracer('http').startSpan('POST').end();
      return plainFetch(input, init);
    };
    try {
      const { spans, calls } = await recordCalls(
        always({ text: 'Warm.', fault: { kind: 'status', status: 503, retryAfter: 0.01 } }),
        (url) =>
          connect(url, instrument, { maxRetries: 1 })
            .create()
            .catch(() => {}),
      );

      const attempts = spans.filter((span) => span.name === 'POST');
      expect(attempts.map(parentOf)).toEqual([idOf(calls[0]!), idOf(calls[0]!)]);
    } finally {
      globalThis.fetch = plainFetch;
    }
  });
});

describe('a request or an answer of an unexpected shape (P6)', () => {
  it.each([
    ['null', null],
    ['a text', 'hello'],
    ['messages that are no list', { model: 'gpt-4o', messages: 7 }],
    ['a model that is no text', { model: 42, messages: [] }],
  ])('fails as it does without us: a body that is %s', async (_kind, odd) => {
    const create = (client: ReturnType<typeof openaiClient>) =>
      session('run', () => client.chat.completions.create(odd as never)).then(String, String);
    startRecording();

    expect(await create(instrument(openaiClient(server.url)))).toBe(await create(openaiClient(server.url)));
  });

  it('leaves frozen bodies alone', async () => {
    startRecording();
    const frozen = Object.freeze({
      ...body,
      messages: Object.freeze([...body.messages]) as typeof body.messages,
    });
    const completion = await instrument(openaiClient(server.url)).chat.completions.create(frozen);

    expect(completion.choices[0]?.message.content).toBe('Warm.');
    await flush();
  });
});
