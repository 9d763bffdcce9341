import type Anthropic from '@anthropic-ai/sdk';
import type OpenAI from 'openai';
import type { Note } from './control-run.ts';
import type { Caller, GoogleCaller, StainlessCaller } from './provider-case.ts';

/** A way of letting a client call the tool `measure` by itself and ask again with what it gave. */
export interface ToolLoop<C extends Caller = Caller> {
  readonly name: string;
  use(caller: C, note: Note): Promise<void>;
}

const question = 'How warm is it?';
const messages = [{ role: 'user' as const, content: question }];
const description = 'Measures the temperature.';
const schema = { type: 'object' as const, properties: {} };
const measure = () => '21 degrees';

/** As OpenAI's client takes it. */
export const thermometer = {
  type: 'function' as const,
  function: { name: 'measure', description, parameters: schema, parse: JSON.parse, function: measure },
};

export const openaiToolLoops: readonly ToolLoop<StainlessCaller>[] = [false, true].map((stream) => ({
  name: `chat.completions.runTools(), streamed: ${stream}`,
  async use({ client }, note) {
    const { completions } = (client as OpenAI).chat;
    const body = { model: 'gpt-4o', messages, tools: [thermometer] };
    const runner = stream
      ? completions.runTools({ ...body, stream: true })
      : completions.runTools({ ...body, stream: false });
    note(await runner.finalContent());
    note(runner.messages);
  },
}));

export const anthropicToolLoops: readonly ToolLoop<StainlessCaller>[] = [false, true].map((stream) => ({
  name: `beta.messages.toolRunner(), streamed: ${stream}`,
  async use({ client }, note) {
    const tool = { name: 'measure', description, input_schema: schema, parse: () => ({}), run: measure };
    const runner = (client as Anthropic).beta.messages.toolRunner({
      ...{ model: 'claude-sonnet-5-5', max_tokens: 100, messages, tools: [tool], stream },
    });
    note(await runner.runUntilDone());
    note(runner.params.messages);
  },
}));

export const googleToolLoops: readonly ToolLoop<GoogleCaller>[] = [false, true].map((stream) => ({
  name: `models.generateContent() with a tool of its own, streamed: ${stream}`,
  async use({ client: { models }, model }, note) {
    const tool = {
      tool: async () => ({ functionDeclarations: [{ name: 'measure', description }] }),
      callTool: async () => [
        { functionResponse: { id: 'c1', name: 'measure', response: { output: measure() } } },
      ],
    };
    const body = { model, contents: question, config: { tools: [tool] } };
    if (stream) for await (const chunk of await models.generateContentStream(body)) note(chunk);
    else note(await models.generateContent(body));
  },
}));
