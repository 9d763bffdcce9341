import { GoogleGenAI } from '@google/genai';
import type { ReadableSpan } from '@opentelemetry/sdk-trace';
import { instrument, session, shutdown } from 'agentops';
import { afterEach, describe, expect, it } from 'vitest';
import { jsonOf, startRecording } from '../../../support/recording.ts';
import { type Answers, events, json, startRestServer } from '../support/rest-server.ts';

const model = 'gemini-2.5-flash';
const usage = {
  ...{ total_input_tokens: 3, total_tool_use_tokens: 1, total_cached_tokens: 2 },
  ...{ total_output_tokens: 4, total_thought_tokens: 5, total_tokens: 13 },
};
const steps = [
  { type: 'thought', summary: [{ type: 'text', text: 'Hm.' }] },
  { type: 'model_output', content: [{ type: 'text', text: 'Warm.' }] },
];
const begun = { id: 'i1', object: 'interaction', model, status: 'in_progress' };
const broken = (response: {
  end(body: string): void;
  setHeader(name: string, value: string): void;
}): void => {
  response.setHeader('content-type', 'application/json');
  response.end('{"name":');
};

const answers: Answers = {
  [`POST /v1/models/${model}:countTokens`]: json(200, { totalTokens: 3 }),
  'POST /v1/batches/b1:cancel': json(200, {}),
  'GET /v1/models': (response, url) =>
    json(
      200,
      url.searchParams.has('pageToken')
        ? { models: [{ name: 'b' }] }
        : { models: [{ name: 'a' }], nextPageToken: '2' },
    )(response),
  'GET /v1/files/abc': json(200, { name: 'files/abc' }),
  'GET /v1/files/broken': broken,
  'DELETE /v1/cachedContents/c1': json(200, {}),
  'POST /upload/v1/files': (response) => {
    response.setHeader('x-goog-upload-url', `http://${response.req.headers.host}/upload/there`);
    json(200, {})(response);
  },
  'POST /upload/there': (response) => {
    response.setHeader('x-goog-upload-status', 'final');
    json(200, { file: { name: 'files/abc' } })(response);
  },
  'GET /v1/interactions/i1': json(200, { ...begun, status: 'completed', steps, usage }),
  'POST /v1/interactions': (response) => json(200, { ...begun, status: 'completed', steps, usage })(response),
};

const streamed: Answers = {
  'POST /v1/interactions': events(
    { event_type: 'interaction.created', interaction: begun },
    { event_type: 'step.start', index: 0, step: { type: 'thought' } },
    {
      event_type: 'step.delta',
      index: 0,
      delta: { type: 'thought_summary', content: { type: 'text', text: 'Hm.' } },
    },
    { event_type: 'step.stop', index: 0 },
    { event_type: 'step.start', index: 1, step: { type: 'model_output' } },
    { event_type: 'step.delta', index: 1, delta: { type: 'text', text: 'War' } },
    { event_type: 'step.delta', index: 1, delta: { type: 'text', text: 'm.' } },
    { event_type: 'step.stop', index: 1 },
    { event_type: 'interaction.completed', interaction: { ...begun, status: 'completed', usage } },
  ),
};

type Program = (client: GoogleGenAI) => Promise<unknown>;

afterEach(() => shutdown());

/** What the program saw and the server got, without instrumentation and with it, and the spans of the second. */
async function compare(program: Program, given = answers): Promise<readonly ReadableSpan[]> {
  const plain = await run(program, given, (client) => client);
  const recording = startRecording();
  const watched = await session('run', () => run(program, given, instrument));
  const spans = (await recording.spans()).filter(({ name }) => name !== 'run');
  expect(watched).toEqual(plain);
  expect(recording.errors).toEqual([]);
  return spans;
}

async function run(program: Program, given: Answers, watch: (client: GoogleGenAI) => GoogleGenAI) {
  await using server = await startRestServer(given);
  const client = watch(new GoogleGenAI({ apiKey: 'key', httpOptions: { baseUrl: server.url } }));
  const seen = await program(client).then(
    (value) => comparable(value, server.url),
    (error: Error) => [error.constructor.name, comparable(error.message, server.url)],
  );
  return { seen, requests: server.requests };
}

function comparable(value: unknown, url: string): unknown {
  return JSON.parse(
    JSON.stringify(value ?? null)
      .replaceAll(url, 'U')
      .replaceAll(/"date":"[^"]*"/g, '"date":""')
      .replaceAll(/127\.0\.0\.1:\d+/g, 'H'),
  );
}

function outline({ name, status, attributes }: ReadableSpan) {
  return {
    name,
    failed: status.code === 2,
    type: attributes['event.type'],
    provider: attributes['gen_ai.provider.name'],
    model: attributes['gen_ai.request.model'],
  };
}

const action = { failed: false, type: 'actions', provider: 'gcp.gemini' };
const cases: readonly (readonly [what: string, program: Program, spans: readonly object[]])[] = [
  [
    'a count of tokens',
    ({ models }) => models.countTokens({ model, contents: 'x' }),
    [{ ...action, name: 'POST /models/{id}:countTokens', model }],
  ],
  [
    'a batch that is cancelled',
    ({ batches }) => batches.cancel({ name: 'batches/b1' }),
    [{ ...action, name: 'POST /batches/{id}:cancel' }],
  ],
  [
    'each page of a list',
    async ({ models }) => Array.fromAsync(await models.list()),
    [
      { ...action, name: 'GET /models' },
      { ...action, name: 'GET /models' },
    ],
  ],
  ['a file', ({ files }) => files.get({ name: 'abc' }), [{ ...action, name: 'GET /files/{id}' }]],
  [
    'a file that is sent in several requests',
    ({ files }) => files.upload({ file: new Blob(['abc']), config: { mimeType: 'text/plain' } }),
    [{ ...action, name: 'POST /upload/files' }],
  ],
  [
    'a cache that is deleted',
    ({ caches }) => caches.delete({ name: 'c1' }),
    [{ ...action, name: 'DELETE /cachedContents/{id}' }],
  ],
  [
    'an error',
    ({ caches }) => caches.get({ name: 'none' }),
    [{ ...action, name: 'GET /cachedContents/{id}', failed: true }],
  ],
  [
    'an answer that is no JSON',
    ({ files }) => files.get({ name: 'broken' }),
    [{ ...action, name: 'GET /files/{id}', failed: true }],
  ],
  [
    'an interaction that is read',
    ({ interactions }) => interactions.get('i1'),
    [{ ...action, name: 'GET /interactions/{id}' }],
  ],
];

describe('the other requests of a client of Google (P3, P6)', () => {
  it.each(cases)('%s is an action', async (_what, program, expected) => {
    const spans = await compare(program);

    expect(spans.map(outline)).toMatchObject(expected);
    expect(spans).toHaveLength(expected.length);
  });

  it.each<[string, Answers, Program]>([
    ['whole', answers, ({ interactions }) => interactions.create({ model, input: 'How warm is it?' })],
    [
      'streamed',
      { ...answers, ...streamed },
      async ({ interactions }) =>
        Array.fromAsync(await interactions.create({ model, input: 'How warm is it?', stream: true })),
    ],
  ])('an interaction, %s, is a call of a model', async (_form, given, program) => {
    const spans = await compare(program, given);

    expect(spans).toMatchObject([
      {
        name: `generate_content ${model}`,
        status: { code: 0 },
        attributes: {
          'agentops.span.kind': 'llm',
          'gen_ai.provider.name': 'gcp.gemini',
          'gen_ai.response.model': model,
          'gen_ai.response.id': 'i1',
          'gen_ai.response.finish_reasons': ['stop'],
          'gen_ai.usage.input_tokens': 4,
          'gen_ai.usage.output_tokens': 9,
          'gen_ai.usage.cache_read.input_tokens': 2,
          'gen_ai.usage.reasoning.output_tokens': 5,
          'server.address': '127.0.0.1',
        },
      },
    ]);
    const [span] = spans as [ReadableSpan];
    expect(span.attributes['agentops.stream.truncated']).toBeUndefined();
    expect(span.attributes['agentops.cost.total']).toBeGreaterThan(0);
    expect(jsonOf(span, 'gen_ai.input.messages')).toEqual([
      { role: 'user', parts: [{ type: 'text', content: 'How warm is it?' }] },
    ]);
    expect(jsonOf(span, 'gen_ai.output.messages')).toEqual([
      {
        role: 'assistant',
        parts: [
          { type: 'reasoning', content: 'Hm.' },
          { type: 'text', content: 'Warm.' },
        ],
        finish_reason: 'stop',
      },
    ]);
  });
});
