import type Anthropic from '@anthropic-ai/sdk';
import { SpanKind } from '@opentelemetry/api';
import type { ReadableSpan } from '@opentelemetry/sdk-trace';
import { instrument, session, shutdown } from 'agentops';
import type OpenAI from 'openai';
import { toFile } from 'openai';
import { afterEach, describe, expect, it } from 'vitest';
import { routeOf } from '../../../src/instrumentation/request-route.ts';
import { KeepingExporter } from '../../support/keeping-exporter.ts';
import { startRecording } from '../../support/recording.ts';
import { anthropic0Client, anthropicClient, openai6Client, openaiClient } from './support/provider-case.ts';
import { type Answers, events, json, type RestRequest, startRestServer } from './support/rest-server.ts';

const bytes = new Uint8Array([1, 2, 3, 250]);
const usage = { input_tokens: 12, output_tokens: 34, total_tokens: 46 };

const answers: Answers = {
  'POST /v1/images/generations': json(200, { created: 1, data: [{ b64_json: 'AAAA' }], usage }),
  'POST /v1/moderations': json(200, { id: 'm', model: 'omni-moderation-2', results: [] }),
  'POST /v1/files': json(200, { id: 'file-9Zx', object: 'file' }),
  'GET /v1/files/file-9Zx/content': (response) => response.end(bytes),
  'POST /v1/audio/speech': (response) => response.end(bytes),
  'POST /v1/audio/transcriptions': events(
    { type: 'transcript.text.delta', delta: 'Hel' },
    { type: 'transcript.text.delta', delta: 'lo' },
    { type: 'transcript.text.done', text: 'Hello', usage },
  ),
  'GET /v1/models': json(200, { object: 'list', data: [{ id: 'a' }, { id: 'b' }] }),
  'GET /v1/files': (response, url) =>
    url.searchParams.has('after')
      ? json(200, { data: [{ id: 'file-2' }], has_more: false })(response)
      : json(200, { data: [{ id: 'file-1' }], has_more: true })(response),
  'GET /v1/responses/resp_1': json(200, { id: 'resp_1', model: 'gpt-4o', output: [], usage }),
  'DELETE /v1/models/davinci': json(200, { id: 'davinci', deleted: true }),
  'POST /v1/messages/count_tokens': json(200, { input_tokens: 7 }),
  'GET /v1/messages/batches': json(200, { data: [{ id: 'b1' }], has_more: false }),
  'POST /v1/chat/completions': json(200, {
    id: 'c',
    model: 'gpt-4o',
    choices: [{ index: 0, message: { role: 'assistant', content: 'Warm.' }, finish_reason: 'stop' }],
    usage: { prompt_tokens: 1, completion_tokens: 2, total_tokens: 3 },
  }),
};

interface Clients {
  readonly openai: OpenAI;
  readonly anthropic: Anthropic;
}

type Program = (clients: Clients) => Promise<unknown>;

type Makers = { readonly [K in keyof Clients]: (url: string) => Clients[K] };

const NEWEST: Makers = { openai: openaiClient, anthropic: anthropicClient };
const OLDER: Makers = { openai: openai6Client, anthropic: anthropic0Client };

afterEach(() => shutdown());

/** What the program saw and the server got, without instrumentation and with it, and the spans of the second. */
async function compare(program: Program, make: Makers = NEWEST) {
  const plain = await run(program, make, (client) => client);
  const recording = startRecording();
  const watched = await session('run', () => run(program, make, instrument));
  const spans = (await recording.spans()).filter(({ name }) => name !== 'run');
  expect(watched).toEqual(plain);
  expect(recording.errors).toEqual([]);
  await shutdown();
  return { seen: plain.seen, spans };
}

async function run(program: Program, make: Makers, watch: <T extends object>(client: T) => T) {
  await using server = await startRestServer(answers);
  const openai = watch(make.openai(server.url));
  const anthropic = watch(make.anthropic(server.url));
  let seen: unknown;
  try {
    seen = await program({ openai, anthropic });
  } catch (error) {
    const { name, message, status } = error as { name: string; message: string; status?: number };
    seen = { constructor: (error as object).constructor.name, name, message, status };
  }
  return { seen, requests: server.requests as readonly RestRequest[] };
}

function outline({ name, kind, status, attributes }: ReadableSpan) {
  return {
    name,
    kind,
    failed: status.code === 2,
    type: attributes['event.type'],
    provider: attributes['gen_ai.provider.name'],
    model: attributes['gen_ai.request.model'],
    input: attributes['gen_ai.usage.input_tokens'],
    output: attributes['gen_ai.usage.output_tokens'],
  };
}

const action = { kind: SpanKind.CLIENT, failed: false, type: 'actions', provider: 'openai' };
const cases: readonly (readonly [what: string, program: Program, spans: readonly object[]])[] = [
  [
    'an image, with its usage',
    ({ openai }) => openai.images.generate({ model: 'gpt-image-1', prompt: 'A lamp' }),
    [{ ...action, name: 'POST /images/generations', model: 'gpt-image-1', input: 12, output: 34 }],
  ],
  [
    'withResponse()',
    async ({ openai }) => {
      const { data, response, request_id } = await openai.moderations
        .create({ model: 'omni-moderation-latest', input: 'x' })
        .withResponse();
      return { data, status: response.status, request_id };
    },
    [{ ...action, name: 'POST /moderations', model: 'omni-moderation-latest' }],
  ],
  [
    'asResponse(), whose body its caller reads',
    async ({ openai }) => (await openai.moderations.create({ input: 'x' }).asResponse()).text(),
    [{ ...action, name: 'POST /moderations' }],
  ],
  [
    'request(), which the others go through',
    ({ openai }) =>
      openai.request({ method: 'post', path: '/moderations', body: { model: 'omni-moderation-latest' } }),
    [{ ...action, name: 'POST /moderations', model: 'omni-moderation-latest' }],
  ],
  [
    'request() of Anthropic',
    ({ anthropic }) => anthropic.request({ method: 'get', path: '/v1/messages/batches' }),
    [{ ...action, name: 'GET /v1/messages/batches', provider: 'anthropic' }],
  ],
  [
    'an upload',
    async ({ openai }) => openai.files.create({ file: await toFile(bytes, 'b.bin'), purpose: 'batch' }),
    [{ ...action, name: 'POST /files' }],
  ],
  [
    'a download',
    async ({ openai }) => [...new Uint8Array(await (await openai.files.content('file-9Zx')).arrayBuffer())],
    [{ ...action, name: 'GET /files/{id}/content' }],
  ],
  [
    'speech, read as a stream',
    async ({ openai }) => {
      const response = await openai.audio.speech.create({ model: 'tts-1', voice: 'alloy', input: 'Hi' });
      const read: number[] = [];
      for await (const chunk of response.body as ReadableStream<Uint8Array>) read.push(...chunk);
      return read;
    },
    [{ ...action, name: 'POST /audio/speech', model: 'tts-1' }],
  ],
  [
    'a streamed transcription',
    async ({ openai }) => {
      const stream = await openai.audio.transcriptions.create({
        file: await toFile(bytes, 'b.mp3'),
        model: 'gpt-4o-transcribe',
        stream: true,
      });
      return Array.fromAsync(stream);
    },
    [{ ...action, name: 'POST /audio/transcriptions', model: 'gpt-4o-transcribe', input: 12, output: 34 }],
  ],
  [
    'a list, awaited',
    async ({ openai }) => (await openai.models.list()).data,
    [{ ...action, name: 'GET /models' }],
  ],
  [
    'a list over its pages',
    async ({ openai }) => (await Array.fromAsync(openai.files.list())).map(({ id }) => id),
    [
      { ...action, name: 'GET /files' },
      { ...action, name: 'GET /files' },
    ],
  ],
  [
    'a list withResponse()',
    async ({ openai }) => {
      const { data, request_id } = await openai.models.list().withResponse();
      return { data: data.data, request_id };
    },
    [{ ...action, name: 'GET /models' }],
  ],
  [
    'a list asResponse()',
    async ({ openai }) => (await openai.models.list().asResponse()).json(),
    [{ ...action, name: 'GET /models' }],
  ],
  [
    'a stored answer, whose tokens were counted when it was made',
    ({ openai }) => openai.responses.retrieve('resp_1'),
    [{ ...action, name: 'GET /responses/{id}' }],
  ],
  [
    'a deletion',
    ({ openai }) => openai.models.delete('davinci'),
    [{ ...action, name: 'DELETE /models/{id}' }],
  ],
  [
    'a copy of the client',
    ({ openai }) => openai.withOptions({ timeout: 5000 }).moderations.create({ input: 'x' }),
    [{ ...action, name: 'POST /moderations' }],
  ],
  [
    'a refusal',
    ({ openai }) => openai.vectorStores.retrieve('vs_1'),
    [{ ...action, name: 'GET /vector_stores/{id}', failed: true }],
  ],
  [
    'a refused list',
    async ({ openai }) => (await openai.batches.list()).data,
    [{ ...action, name: 'GET /batches', failed: true }],
  ],
  [
    'tokens counted by Anthropic',
    ({ anthropic }) => anthropic.messages.countTokens({ model: 'claude-sonnet-5-5', messages: [] }),
    [
      {
        ...action,
        name: 'POST /v1/messages/count_tokens',
        provider: 'anthropic',
        model: 'claude-sonnet-5-5',
      },
    ],
  ],
  [
    "Anthropic's batches",
    async ({ anthropic }) => (await Array.fromAsync(anthropic.messages.batches.list())).length,
    [{ ...action, name: 'GET /v1/messages/batches', provider: 'anthropic' }],
  ],
];

describe('the other requests of a client (P1, P2, P6)', () => {
  describe.each([
    ['of the newest versions', NEWEST],
    ['of older ones', OLDER],
  ])('%s', (_versions, make) => {
    it.each(cases)('%s: seen as without us, one action', async (_what, program, expected) => {
      const { spans } = await compare(program, make);

      expect(spans.map(outline)).toEqual(
        expected.map((span) => ({ model: undefined, input: undefined, output: undefined, ...span })),
      );
    });
  });

  it('a call of a model makes none beside its own span', async () => {
    const { spans } = await compare(({ openai }) =>
      openai.chat.completions.create({ model: 'gpt-4o', messages: [{ role: 'user', content: 'Warm?' }] }),
    );

    expect(spans.map(({ name }) => name)).toEqual(['chat gpt-4o']);
  });

  it('has the error the program got, with its status', async () => {
    const { seen, spans } = await compare(({ openai }) => openai.vectorStores.retrieve('vs_1'));

    expect(seen).toMatchObject({ constructor: 'NotFoundError', status: 404 });
    expect(spans[0]?.attributes).toMatchObject({ 'error.type': 'none', 'http.response.status_code': 404 });
    expect(spans[0]?.events).toHaveLength(1);
  });

  it('adds its tokens to the session, and no LLM call', async () => {
    await using server = await startRestServer(answers);
    startRecording();
    const openai = instrument(openaiClient(server.url));
    const { counts, tokens } = await session('run', async (run) => {
      await openai.images.generate({ prompt: 'A lamp' });
      return run.telemetry;
    });

    expect(counts).toMatchObject({ actions: 1, llms: 0 });
    expect(tokens).toMatchObject({ input: 12, output: 34, total: 46 });
  });

  it('is cut short at shutdown where its stream is still open, with what it had used', async () => {
    const part = { type: 'image_generation.partial_image', usage };
    await using server = await startRestServer({ 'POST /v1/images/generations': events(part, part) });
    const exporter = new KeepingExporter();
    startRecording({ exporters: [exporter] });
    const { images } = instrument(openaiClient(server.url));
    const stream = await session('run', () => images.generate({ prompt: 'A lamp', stream: true }));
    await stream[Symbol.asyncIterator]().next();
    await shutdown();

    const [request] = exporter.spans.filter(({ name }) => name !== 'run');
    expect(request?.attributes).toMatchObject({
      'agentops.stream.truncated': true,
      'gen_ai.usage.output_tokens': 34,
    });
  });

  it('is left alone in a session that is not sampled, and refused once without a session', async () => {
    await using server = await startRestServer(answers);
    const { client, errors } = startRecording({ sampling: { rate: 0 } });
    const openai = instrument(openaiClient(server.url));
    await session('run', () => openai.models.list());
    expect(client.stats().exporters).toMatchObject({ InMemorySpanExporter: { ended: 0 } });
    await shutdown();

    const multi = startRecording({ session: { mode: 'multi' } });
    await openai.models.list();
    await openai.chat.completions.create({ model: 'gpt-4o', messages: [] });
    expect(multi.errors.map(({ code }) => code)).toEqual(['no_session', 'no_session']);
    expect(errors).toEqual([]);
  });
});

describe('the route of a request', () => {
  it.each([
    ['/files/file-9Zx/content?x=1', '/files/{id}/content'],
    ['/v1/messages/batches/msgbatch_01A/results?beta=true', '/v1/messages/batches/{id}/results'],
    ['/threads/thread_abc1/runs/run_2/steps', '/threads/{id}/runs/{id}/steps'],
    ['/fine_tuning/jobs/ftjob-abc/cancel', '/fine_tuning/jobs/{id}/cancel'],
    ['/vector_stores/vs_aaaabbbbccccddddeeee/files', '/vector_stores/{id}/files'],
    ['https://elsewhere.example/own/endpoint', '/own/endpoint'],
    ['/models/davinci', '/models/{id}'],
  ])('%s is %s', (path, route) => {
    expect(routeOf(path)).toBe(route);
  });
});
