import type OpenAI from 'openai';
import type { ClientOptions } from 'openai';
import { USUAL_CHAT } from '../chat.ts';
import { MARKS } from './cases.ts';

const STREAMED = { stream: true, stream_options: { include_usage: true } } as const;

/** Makes a call and reads its answer. */
export async function call(client: OpenAI): Promise<void> {
  await client.chat.completions.create(request());
}

/** Makes a call whose answer is streamed and reads it. Returns the µs from the request to the first chunk. */
export async function streamedCall(client: OpenAI): Promise<number> {
  const began = performance.now();
  const stream = await client.chat.completions.create({ ...request(), ...STREAMED });
  let firstAt: number | undefined;
  for await (const _ of stream) firstAt ??= performance.now();
  if (firstAt === undefined) throw new Error('the stream had no chunk');
  return (firstAt - began) * 1000;
}

/** A `fetch` that answers what the model at `baseURL` says now, again and again. */
export async function replaying(
  baseURL: string,
  streamed: boolean,
): Promise<NonNullable<ClientOptions['fetch']>> {
  const response = await fetch(`${baseURL}/chat/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ ...request(), ...(streamed && STREAMED) }),
  });
  const answer = await response.text();
  const headers = { 'content-type': response.headers.get('content-type') ?? '' };
  return async () => new Response(answer, { headers });
}

/** The third turn of a conversation, made anew for every call, as a program makes it. */
function request() {
  const { messages, ...parameters } = USUAL_CHAT.request;
  const content = `${MARKS.question}: ${messages.at(-1)?.content}`;
  return { ...parameters, messages: [...messages.slice(0, -1), { role: 'user' as const, content }] };
}
