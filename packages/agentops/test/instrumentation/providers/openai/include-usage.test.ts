import { instrument, session, shutdown } from 'agentops';
import { AzureOpenAI, OpenAI } from 'openai';
import { afterEach, describe, expect, it } from 'vitest';
import { startRecording } from '../../../support/recording.ts';
import { llmSpans } from '../support/control-run.ts';
import { readAll } from '../support/record-calls.ts';

afterEach(() => shutdown());

const settings = { apiKey: 'key', maxRetries: 0 };
const azure = { ...settings, endpoint: 'https://acme.openai.azure.com' };
const ask = { model: 'gpt-4o', messages: [{ role: 'user' as const, content: 'How warm?' }] };

/** What is sent for a streamed call of a client that asks nobody. */
async function bodyOf(client: OpenAI, streamUsage: boolean | readonly string[], more: object = {}) {
  startRecording({ instrumentations: { streamUsage } });
  let body = '';
  const fetch = async (_url: unknown, init: RequestInit = {}): Promise<Response> => {
    body = String(init.body);
    return new Response('data: [DONE]\n\n', { headers: { 'content-type': 'text/event-stream' } });
  };
  const { completions } = instrument(client.withOptions({ fetch })).chat;
  await session('run', async () => {
    await readAll(await completions.create({ ...ask, ...more, stream: true }));
  });
  return JSON.parse(body);
}

const asked = { stream_options: { include_usage: true } };

describe('asking a stream for its usage (P3, P6)', () => {
  it('asks nobody where it is off', async () => {
    expect(await bodyOf(new OpenAI(settings), false)).toEqual({ ...ask, stream: true });
  });

  it.each([
    ['OpenAI', new OpenAI(settings), true],
    ['one of its regions', new OpenAI({ ...settings, baseURL: 'https://eu.api.openai.com/v1' }), true],
    ['Ollama', new OpenAI({ ...settings, baseURL: 'http://localhost:11434/v1' }), true],
    ['Azure', new AzureOpenAI({ ...azure, apiVersion: '2024-10-21' }), true],
    ['Azure without a version', new OpenAI({ ...settings, baseURL: `${azure.endpoint}/openai/v1` }), true],
    ['Azure as it was before it knew', new AzureOpenAI({ ...azure, apiVersion: '2024-06-01' }), false],
    ['Mistral, which refuses', new OpenAI({ ...settings, baseURL: 'https://api.mistral.ai/v1' }), false],
    [
      'a server that says nothing of itself',
      new OpenAI({ ...settings, baseURL: 'https://llm.test/v1' }),
      false,
    ],
  ])('where it is on: %s', async (_server, client, isAsked) => {
    expect(await bodyOf(client, true)).toEqual({ ...ask, stream: true, ...(isAsked && asked) });
  });

  it('asks the hosts that are named beside those that are known', async () => {
    const named = new OpenAI({ ...settings, baseURL: 'https://llm.test/v1' });
    expect(await bodyOf(named, ['*.test'])).toMatchObject(asked);
    await shutdown();
    expect(await bodyOf(new OpenAI(settings), ['*.test'])).toMatchObject(asked);
    await shutdown();
    expect(await bodyOf(named, ['elsewhere.test'])).not.toHaveProperty('stream_options');
  });

  it('leaves requests alone that search one’s own data, which take no stream options', async () => {
    const client = new AzureOpenAI({ ...azure, apiVersion: '2024-10-21' });
    expect(await bodyOf(client, true, { data_sources: [] })).not.toHaveProperty('stream_options');
  });

  it('leaves the program’s own body as it was', async () => {
    const body = Object.freeze({ ...ask, stream: true as const });
    expect(await bodyOf(new OpenAI(settings), true, body)).toMatchObject(asked);
    expect(body).not.toHaveProperty('stream_options');
  });

  it('reads what Groq counts unasked', async () => {
    const recording = startRecording();
    const chunk = {
      choices: [{ index: 0, delta: { content: 'Warm.' }, finish_reason: 'stop' }],
      x_groq: { usage: { prompt_tokens: 10, completion_tokens: 2 } },
    };
    const fetch = async (): Promise<Response> =>
      new Response(`data: ${JSON.stringify(chunk)}\n\ndata: [DONE]\n\n`);
    const client = instrument(new OpenAI({ ...settings, baseURL: 'https://api.groq.com/openai/v1', fetch }));
    await session('run', async () => readAll(await client.chat.completions.create({ ...ask, stream: true })));

    expect(llmSpans(await recording.spans())[0]?.attributes).toMatchObject({
      'gen_ai.usage.input_tokens': 10,
      'gen_ai.usage.output_tokens': 2,
    });
  });
});
