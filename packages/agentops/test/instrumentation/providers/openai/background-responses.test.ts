import { instrument, session, shutdown } from 'agentops';
import type OpenAI from 'openai';
import { afterEach, describe, expect, it } from 'vitest';
import { startRecording } from '../../../support/recording.ts';
import { openai6Client, openaiClient } from '../support/provider-case.ts';
import { readAll } from '../support/record-calls.ts';
import { type Answers, events, json, startRestServer } from '../support/rest-server.ts';

const usage = {
  ...{ input_tokens: 1000, output_tokens: 200, total_tokens: 1200 },
  ...{ input_tokens_details: { cached_tokens: 400 }, output_tokens_details: { reasoning_tokens: 50 } },
};
const begun = {
  id: 'resp_1',
  object: 'response',
  model: 'gpt-4o',
  background: true,
  output: [],
  usage: null,
};
const completed = { ...begun, status: 'completed', usage };

/** A server whose response is queued, then under way, then as it ended. */
function serving(ended: object, given: Answers = {}): Answers {
  let asked = 0;
  return {
    'POST /v1/responses': json(200, { ...begun, status: 'queued' }),
    'POST /v1/responses/resp_1/cancel': json(200, ended),
    'GET /v1/responses/resp_1': (response, url) => {
      asked += 1;
      const end = { type: 'response.completed', sequence_number: 2, response: ended };
      if (url.searchParams.has('stream')) events(end)(response);
      else json(200, asked === 1 ? { ...begun, status: 'in_progress' } : ended)(response);
    },
    ...given,
  };
}

type Program = (client: OpenAI) => Promise<unknown>;

/** What the program has seen without us and with us, and what became of it with us. */
async function run(ended: object, program: Program, make = openaiClient, given: Answers = {}) {
  const seen = async (watch: (client: OpenAI) => OpenAI) => {
    await using server = await startRestServer(serving(ended, given));
    return [await program(watch(make(server.url))), server.requests] as const;
  };
  const plain = await seen((client) => client);
  const recording = startRecording();
  const { watched, totals } = await session('run', async (run) => {
    const watched = await seen(instrument);
    return { watched, totals: run.telemetry };
  });
  const spans = (await recording.spans()).filter(({ name }) => name !== 'run');
  expect(watched).toEqual(plain);
  expect(recording.errors).toEqual([]);
  return { spans, totals };
}

afterEach(() => shutdown());

const ask = ({ responses }: OpenAI) => responses.create({ model: 'gpt-4o', input: 'x', background: true });

describe('a response that is made in the background (P3)', () => {
  it.each([
    ['openai 7', openaiClient],
    ['openai 6', openai6Client],
  ])('%s: is counted once, with the request that sees its end', async (_version, make) => {
    const { spans, totals } = await run(
      completed,
      async (client) => {
        const { id } = await ask(client);
        const statuses = [];
        for (let turn = 0; turn < 4; turn += 1) statuses.push((await client.responses.retrieve(id)).status);
        return statuses;
      },
      make,
    );

    expect(spans.map(({ name, attributes }) => [name, attributes['gen_ai.usage.input_tokens']])).toEqual([
      ['chat gpt-4o', undefined],
      ['GET /responses/{id}', undefined],
      ['GET /responses/{id}', 1000],
      ['GET /responses/{id}', undefined],
      ['GET /responses/{id}', undefined],
    ]);
    expect(spans[2]?.attributes).toMatchObject({
      'gen_ai.response.model': 'gpt-4o',
      'gen_ai.usage.output_tokens': 200,
      'gen_ai.usage.cache_read.input_tokens': 400,
      'gen_ai.usage.reasoning.output_tokens': 50,
      'agentops.cost.total': 0.004,
    });
    expect(totals).toMatchObject({
      counts: { llms: 1, actions: 4 },
      tokens: { input: 1000, output: 200, cache_read: 400, reasoning: 50, total: 1200 },
      cost: 0.004,
    });
  });

  it.each<[string, object, Program]>([
    [
      'is resumed as a stream',
      completed,
      async ({ responses }) => readAll(await responses.retrieve('resp_1', { stream: true })),
    ],
    ['is cancelled', { ...completed, status: 'cancelled' }, ({ responses }) => responses.cancel('resp_1')],
    [
      'fails',
      { ...completed, status: 'failed' },
      async ({ responses }) => [await responses.retrieve('resp_1'), await responses.retrieve('resp_1')],
    ],
  ])('is counted where it %s', async (_what, ended, program) => {
    const { totals } = await run(ended, async (client) => {
      await ask(client);
      return program(client);
    });

    expect(totals.tokens).toMatchObject({ input: 1000, output: 200 });
  });

  it('is counted where a stream of it broke off', async () => {
    const created = { type: 'response.created', response: { ...begun, status: 'in_progress' } };
    const program: Program = async ({ responses }) => {
      await readAll(await responses.create({ model: 'gpt-4o', input: 'x', background: true, stream: true }));
      await readAll(await responses.retrieve('resp_1', { stream: true, starting_after: 1 }));
    };
    const { spans, totals } = await run(completed, program, openaiClient, {
      'POST /v1/responses': events(created),
    });

    expect(spans[0]?.attributes).toMatchObject({ 'agentops.stream.truncated': true });
    expect(totals).toMatchObject({ counts: { llms: 1 }, tokens: { input: 1000, output: 200 }, cost: 0.004 });
  });
});
