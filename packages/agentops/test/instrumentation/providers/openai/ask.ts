import { always, type ModelReply } from '@agentops/model-server';
import { instrument } from 'agentops';
import type OpenAI from 'openai';
import { openaiClient } from '../support/provider-case.ts';
import { readAll, recordCall } from '../support/record-calls.ts';

type Body = Omit<OpenAI.ChatCompletionCreateParamsNonStreaming, 'model' | 'messages'> & {
  model?: string;
  messages?: OpenAI.ChatCompletionMessageParam[];
};

/** A small question, with what `body` adds to it. */
export const request = (body: Body) => ({
  model: 'gpt-4o',
  messages: [{ role: 'user' as const, content: 'How warm is it?' }],
  ...body,
});

/** The span of a completion. */
export const ask = (reply: ModelReply, body: Body = {}) =>
  recordCall(always(reply), (url) => instrument(openaiClient(url)).chat.completions.create(request(body)));

/** The span of a streamed completion. */
export const askStream = (reply: ModelReply, body: Body = {}) =>
  recordCall(always(reply), async (url) => {
    const { completions } = instrument(openaiClient(url)).chat;
    await readAll(await completions.create({ ...request(body), stream: true }));
  });
