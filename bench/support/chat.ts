/** A chat call as an agent makes it, and the answer to it. */
export interface Chat {
  readonly request: {
    readonly model: string;
    readonly temperature: number;
    readonly max_completion_tokens: number;
    readonly messages: readonly {
      readonly role: 'system' | 'user' | 'assistant';
      readonly content: string;
    }[];
  };
  /** The provider's answer as it travels: JSON of a chat completion. */
  readonly response: string;
}

/** Prose with what prose has: punctuation, quotes that JSON escapes, line ends. */
const PROSE = `You are a travel agent's assistant. Answer in short sentences, name your sources, and say "I do not know" where you do not.
The traveller leaves Lisbon on a Tuesday and wants to be in Vienna before noon on the next day, by train as far as that goes.
There are two ways: the night train by way of Hendaye and Paris, or a flight to Zurich and the early Railjet.\n`;

/** @param bytes Length of all texts together, the answer's included. */
function chatOf(bytes: number, turns: number): Chat {
  const texts = 2 * turns + 1;
  const text = (index: number): string => {
    const length = Math.floor((bytes * (index + 1)) / texts) - Math.floor((bytes * index) / texts);
    return PROSE.repeat(Math.ceil(length / PROSE.length)).slice(0, length);
  };
  const model = 'gpt-4o';
  return {
    request: {
      model,
      temperature: 0.2,
      max_completion_tokens: 800,
      messages: Array.from({ length: texts - 1 }, (_, index) => ({
        role: index === 0 ? 'system' : index % 2 === 1 ? 'user' : 'assistant',
        content: text(index),
      })),
    },
    response: JSON.stringify({
      id: 'chatcmpl-CfV2Yx0aXkTqkDfWcJ3m9uJbB4zQ1',
      object: 'chat.completion',
      created: 1763726400,
      model: `${model}-2024-08-06`,
      choices: [
        {
          index: 0,
          message: { role: 'assistant', content: text(texts - 1), refusal: null, annotations: [] },
          logprobs: null,
          finish_reason: 'stop',
        },
      ],
      usage: {
        prompt_tokens: 640,
        completion_tokens: 110,
        total_tokens: 750,
        prompt_tokens_details: { cached_tokens: 512, audio_tokens: 0 },
        completion_tokens_details: { reasoning_tokens: 0, audio_tokens: 0 },
      },
      service_tier: 'default',
      system_fingerprint: 'fp_50906f2aac',
    }),
  };
}

/** 500 B of messages: a short question. */
export const SMALL_CHAT: Chat = chatOf(500, 1);
/** 3.4 KB of messages: the third turn of a conversation. */
export const USUAL_CHAT: Chat = chatOf(3400, 3);
