import { textPart } from '../../messages.ts';
import type { ProviderMethod } from '../../provider-method.ts';
import { ChatAssembler } from './chat-assembler.ts';
import { chatCompletions } from './chat-completions.ts';
import { includeUsage } from './include-usage.ts';
import type { ChatChunk, ChatCompletion, Completion, CompletionRequest } from './wire.ts';

/** `client.completions.create`, the older API: a text goes in and a text comes out. */
export const completions: ProviderMethod<CompletionRequest, Completion, Completion> = {
  path: ['completions', 'create'],

  request: (body) => ({ ...chatCompletions.request(body), operation: 'text_completion' }),

  input: ({ prompt }) => ({
    messages: [prompt ?? []]
      .flat()
      .filter((text) => typeof text === 'string')
      .map((text) => ({ role: 'user', parts: [textPart(text)] })),
  }),

  response: (completion, content) => chatCompletions.response(asChat(completion), content),

  assembler: (content) => {
    const chat = new ChatAssembler(content);
    return { add: (chunk) => chat.add(asChunk(chunk)), response: () => chat.response() };
  },

  streamUsage: includeUsage,
};

function asChat({ choices = [], ...completion }: Completion): ChatCompletion {
  return {
    ...completion,
    choices: choices.map(({ text = '', finish_reason = null }) => ({
      message: { role: 'assistant', content: text },
      finish_reason,
    })),
  };
}

function asChunk({ choices = [], ...chunk }: Completion): ChatChunk {
  return {
    ...chunk,
    choices: choices.map(({ index = 0, text = '', finish_reason = null }) => ({
      index,
      delta: { content: text },
      finish_reason,
    })),
  };
}
