import type Anthropic from '@anthropic-ai/sdk';
import type OpenAI from 'openai';
import type { Note } from './control-run.ts';
import type { Caller, CallOptions } from './provider-case.ts';
import { thermometer } from './tool-loops.ts';

/** A way of asking for a whole answer. */
export interface AnswerWay {
  readonly name: string;
  /** Its caller reads the body of the answer itself. */
  readonly readsBody?: false;
  /** Of the span. Default: that of a chat with the provider's model. */
  readonly span?: { readonly name: string; readonly model: string };
  use(caller: Caller, options: CallOptions, note: Note): Promise<void>;
}

/** Those that both providers' clients have. */
export const ANSWERS: readonly AnswerWay[] = [
  {
    name: 'await create()',
    use: async (caller, options, note) => note(await caller.create(options)),
  },
  {
    name: 'create().then() twice',
    async use(caller, options, note) {
      const answer = caller.create(options);
      note(answer.constructor.name);
      note((await answer.then((first) => first)) === (await answer));
    },
  },
  {
    name: 'create().catch().finally()',
    async use(caller, options, note) {
      const caught = await caller
        .create(options)
        .catch((error: unknown) => error)
        .finally(() => note('finally'));
      note(caught);
    },
  },
  {
    name: 'create().withResponse()',
    async use(caller, options, note) {
      const { data, response, request_id } = await caller.create(options).withResponse();
      note({ data, status: response.status, request_id });
    },
  },
  {
    name: 'create().asResponse()',
    readsBody: false,
    async use(caller, options, note) {
      const response = await caller.create(options).asResponse();
      note({ status: response.status, read: response.bodyUsed });
      note(await response.text());
    },
  },
  { name: 'parse()', use: async (caller, options, note) => note(await caller.parse(options)) },
  {
    name: 'create() of a withOptions() copy',
    use: async (caller, options, note) => note(await caller.withOptions().withOptions().create(options)),
  },
];

const input = 'How warm is it?';
const messages = [{ role: 'user' as const, content: input }];

function ofOpenAI(
  name: string,
  use: (client: OpenAI, options: CallOptions, note: Note) => Promise<void>,
  span?: AnswerWay['span'],
): AnswerWay {
  return {
    name,
    ...(span && { span }),
    use: ({ client }, options, note) => use(client as OpenAI, options, note),
  };
}

function ofAnthropic(
  name: string,
  use: (client: Anthropic, options: CallOptions, note: Note) => Promise<void>,
): AnswerWay {
  return { name, use: ({ client }, options, note) => use(client as Anthropic, options, note) };
}

export const openaiAnswers: readonly AnswerWay[] = [
  ofOpenAI('chat.completions.runTools()', async ({ chat }, options, note) => {
    const runner = chat.completions.runTools({ model: 'gpt-4o', messages, tools: [thermometer] }, options);
    note(await runner.finalContent());
    note(runner.messages);
  }),
  ofOpenAI('responses.create()', async ({ responses }, options, note) =>
    note(await responses.create({ model: 'gpt-4o', input }, options)),
  ),
  ofOpenAI('responses.parse().withResponse()', async ({ responses }, options, note) => {
    const { data, response } = await responses.parse({ model: 'gpt-4o', input }, options).withResponse();
    note([data, response.status]);
  }),
  ofOpenAI(
    'completions.create()',
    async ({ completions }, options, note) =>
      note(await completions.create({ model: 'gpt-3.5-turbo-instruct', prompt: input }, options)),
    { name: 'text_completion gpt-3.5-turbo-instruct', model: 'gpt-3.5-turbo-instruct' },
  ),
  ofOpenAI(
    'embeddings.create()',
    async ({ embeddings }, options, note) =>
      note(await embeddings.create({ model: 'text-embedding-3-small', input, dimensions: 4 }, options)),
    { name: 'embeddings text-embedding-3-small', model: 'text-embedding-3-small' },
  ),
];

const question = { model: 'claude-sonnet-5-5', max_tokens: 100, messages };

export const anthropicAnswers: readonly AnswerWay[] = [
  ofAnthropic('beta.messages.create()', async ({ beta }, options, note) =>
    note(await beta.messages.create(question, options)),
  ),
  ofAnthropic('beta.messages.parse()', async ({ beta }, options, note) =>
    note(await beta.messages.parse(question, options)),
  ),
  ofAnthropic('beta.messages.toolRunner()', async ({ beta }, options, note) =>
    note(await beta.messages.toolRunner({ ...question, tools: [] }, options)),
  ),
];
