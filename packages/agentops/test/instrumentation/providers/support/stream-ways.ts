import type Anthropic from '@anthropic-ai/sdk';
import type OpenAI from 'openai';
import type { Note } from './control-run.ts';
import type { Caller, GoogleCaller, StainlessCaller } from './provider-case.ts';
import { thermometer } from './tool-loops.ts';

/** A way of reading a stream to its end. */
export interface StreamWay<C extends Caller = Caller> {
  readonly name: string;
  use(caller: C, note: Note): Promise<void>;
}

/** Those that all Stainless-made clients have. */
export const stainlessStreams: readonly StreamWay<StainlessCaller>[] = [
  {
    name: 'for await',
    use: async (caller, note) => noteAll(await caller.createStream(), note),
  },
  {
    name: 'next() by hand',
    async use(caller, note) {
      const stream = await caller.createStream();
      note([stream.constructor.name, Object.keys(stream), stream.controller.signal.aborted]);
      const iterator = stream[Symbol.asyncIterator]();
      for (let step = await iterator.next(); !step.done; step = await iterator.next()) note(step);
      note(await iterator.next());
    },
  },
  {
    name: 'a second iterator, when nobody has advanced the first',
    async use(caller, note) {
      const stream = await caller.createStream();
      const first = stream[Symbol.asyncIterator]();
      await noteAll(stream, note);
      note(typeof first.next);
    },
  },
  {
    name: 'a second iterator, when the first was left unread',
    async use(caller, note) {
      const stream = await caller.createStream();
      note(await stream[Symbol.asyncIterator]().return?.());
      await noteAll(stream, note);
    },
  },
  {
    name: 'withResponse()',
    async use(caller, note) {
      const { data, response, request_id } = await caller.createStream().withResponse();
      note([response.status, request_id]);
      await noteAll(data, note);
    },
  },
  {
    name: 'tee()',
    async use(caller, note) {
      const [left, right] = (await caller.createStream()).tee();
      await noteAll(left, note);
      await noteAll(right, note);
    },
  },
  {
    name: 'toReadableStream()',
    async use(caller, note) {
      const readable = (await caller.createStream()).toReadableStream();
      for await (const line of readable) note(JSON.parse(Buffer.from(line).toString()));
    },
  },
  {
    name: 'a withOptions() copy',
    use: async (caller, note) => noteAll(await caller.withOptions().createStream(), note),
  },
  {
    name: 'stream()',
    async use(caller, note) {
      const helper = caller.stream();
      await noteAll(helper, note);
      note(await helper.finalMessage());
    },
  },
  {
    name: 'stream().finalMessage()',
    use: async (caller, note) => note(await caller.stream().finalMessage()),
  },
];

const input = 'How warm is it?';
const messages = [{ role: 'user' as const, content: input }];

function ofOpenAI(
  name: string,
  use: (client: OpenAI, note: Note) => Promise<void>,
): StreamWay<StainlessCaller> {
  return { name, use: ({ client }, note) => use(client as OpenAI, note) };
}

function ofAnthropic(
  name: string,
  use: (client: Anthropic, note: Note) => Promise<void>,
): StreamWay<StainlessCaller> {
  return { name, use: ({ client }, note) => use(client as Anthropic, note) };
}

export const openaiStreams: readonly StreamWay<StainlessCaller>[] = [
  ofOpenAI('chat.completions.runTools()', async ({ chat }, note) => {
    const runner = chat.completions.runTools({
      ...{ model: 'gpt-4o', messages, tools: [thermometer] },
      stream: true,
    });
    await noteAll(runner, note);
    note(await runner.finalContent());
  }),
  ofOpenAI('responses.create()', async ({ responses }, note) =>
    noteAll(await responses.create({ model: 'gpt-4o', input, stream: true }), note),
  ),
  ofOpenAI('responses.stream()', async ({ responses }, note) => {
    const helper = responses.stream({ model: 'gpt-4o', input });
    await noteAll(helper, note);
    note(await helper.finalResponse());
  }),
  ofOpenAI('completions.create()', async ({ completions }, note) =>
    noteAll(await completions.create({ model: 'gpt-3.5-turbo-instruct', prompt: input, stream: true }), note),
  ),
];

const question = { model: 'claude-sonnet-5-5', max_tokens: 100, messages };

export const anthropicStreams: readonly StreamWay<StainlessCaller>[] = [
  ofAnthropic('beta.messages.create()', async ({ beta }, note) =>
    noteAll(await beta.messages.create({ ...question, stream: true }), note),
  ),
  ofAnthropic('beta.messages.stream()', async ({ beta }, note) => {
    const helper = beta.messages.stream(question);
    await noteAll(helper, note);
    note(await helper.finalMessage());
  }),
  ofAnthropic('beta.messages.toolRunner()', async ({ beta }, note) => {
    const runner = beta.messages.toolRunner({ ...question, tools: [], stream: true });
    for await (const stream of runner) await noteAll(stream, note);
  }),
];

export const googleStreams: readonly StreamWay<GoogleCaller>[] = [
  {
    name: 'models.generateContentStream()',
    use: async (caller, note) => noteAll(await caller.createStream(), note),
  },
  {
    name: 'next() of models.generateContentStream()',
    async use(caller, note) {
      const stream = await caller.createStream();
      note(Object.prototype.toString.call(stream));
      for (let step = await stream.next(); !step.done; step = await stream.next()) note(step);
      note(await stream.next());
    },
  },
  {
    name: 'chats.create().sendMessageStream()',
    async use({ client, model }, note) {
      const chat = client.chats.create({ model });
      await noteAll(await chat.sendMessageStream({ message: input }), note);
      note(chat.getHistory());
    },
  },
];

async function noteAll(stream: AsyncIterable<unknown>, note: Note): Promise<void> {
  for await (const chunk of stream) note(chunk);
}
