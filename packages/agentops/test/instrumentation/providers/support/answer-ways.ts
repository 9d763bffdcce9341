import type Anthropic from '@anthropic-ai/sdk';
import type OpenAI from 'openai';
import type { Note } from './control-run.ts';
import type { Caller, CallOptions, GoogleCaller, StainlessCaller } from './provider-case.ts';
import { thermometer } from './tool-loops.ts';

/** A way of asking for a whole answer. */
export interface AnswerWay<C extends Caller = Caller> {
  readonly name: string;
  /** Its caller reads the body of the answer itself. */
  readonly readsBody?: false;
  /** Of the span. Default: that of the provider's usual call. */
  readonly span?: { readonly name: string; readonly model: string };
  /** The provider counts no tokens of it. */
  readonly isUncounted?: true;
  use(caller: C, options: CallOptions, note: Note): Promise<void>;
}

/** Those that all Stainless-made clients have. */
export const stainlessAnswers: readonly AnswerWay<StainlessCaller>[] = [
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
  {
    name: 'create().asResponse(), then the answer',
    async use(caller, options, note) {
      const answer = caller.create(options);
      const { status, headers } = await answer.asResponse();
      note([status, headers.get('content-type')]);
      note(await answer);
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
): AnswerWay<StainlessCaller> {
  return {
    name,
    ...(span && { span }),
    use: ({ client }, options, note) => use(client as OpenAI, options, note),
  };
}

function ofAnthropic(
  name: string,
  use: (client: Anthropic, options: CallOptions, note: Note) => Promise<void>,
): AnswerWay<StainlessCaller> {
  return { name, use: ({ client }, options, note) => use(client as Anthropic, options, note) };
}

export const openaiAnswers: readonly AnswerWay<StainlessCaller>[] = [
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

export const anthropicAnswers: readonly AnswerWay<StainlessCaller>[] = [
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

const contents = input;

export const googleAnswers: readonly AnswerWay<GoogleCaller>[] = [
  {
    name: 'models.generateContent()',
    use: async (caller, options, note) => note(await caller.create(options)),
  },
  {
    name: 'chats.create().sendMessage()',
    async use({ client, model }, { signal }, note) {
      const chat = client.chats.create({ model });
      const config = signal && { abortSignal: signal };
      note(await chat.sendMessage({ message: input, ...(config && { config }) }));
      note(chat.getHistory());
    },
  },
  {
    name: 'models.embedContent()',
    span: { name: 'embeddings gemini-embedding-001', model: 'gemini-embedding-001' },
    isUncounted: true,
    async use({ client }, { signal }, note) {
      const config = signal && { abortSignal: signal };
      note(
        await client.models.embedContent({
          ...{ model: 'gemini-embedding-001', contents, ...(config && { config }) },
        }),
      );
    },
  },
];
