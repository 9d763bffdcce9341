import { instrument, session, shutdown } from 'agentops';
import { AzureOpenAI } from 'openai';
import { AzureOpenAI as AzureOpenAI6 } from 'openai-6';
import { afterEach, describe, expect, it } from 'vitest';
import { startRecording } from '../../../support/recording.ts';
import { llmSpans } from '../support/control-run.ts';
import { openaiClient } from '../support/provider-case.ts';

afterEach(() => shutdown());

const answer = async () =>
  Response.json({
    model: 'llama-3.1-8b-instant',
    choices: [{ message: { role: 'assistant', content: 'Warm.' }, finish_reason: 'stop' }],
    usage: { prompt_tokens: 1000, completion_tokens: 1000 },
  });

const ask = { model: 'llama-3.1-8b-instant', messages: [{ role: 'user' as const, content: 'How warm?' }] };

/** The span of a call of `client`, which asks nobody. */
async function callOf(client: ReturnType<typeof openaiClient>) {
  const recording = startRecording();
  await session('run', () => instrument(client).chat.completions.create(ask));
  return llmSpans(await recording.spans())[0]?.attributes ?? {};
}

describe('a server that speaks OpenAI’s protocol (P2)', () => {
  it.each([
    ['https://api.openai.com/v1', 'openai', 'api.openai.com'],
    ['https://api.groq.com/openai/v1', 'groq', 'api.groq.com'],
    ['https://api.deepseek.com', 'deepseek', 'api.deepseek.com'],
    ['https://api.mistral.ai/v1', 'mistral_ai', 'api.mistral.ai'],
    ['https://api.x.ai/v1', 'x_ai', 'api.x.ai'],
    ['https://api.perplexity.ai', 'perplexity', 'api.perplexity.ai'],
    ['https://api.together.xyz/v1', 'together', 'api.together.xyz'],
    ['http://localhost:11434/v1', 'ollama', 'localhost'],
    ['https://acme.openai.azure.us/openai/v1', 'azure.ai.openai', 'acme.openai.azure.us'],
    ['https://acme.openai.azure.cn/openai/v1', 'azure.ai.openai', 'acme.openai.azure.cn'],
    ['https://models.example.com/v1', 'openai', 'models.example.com'],
    ['https://notgroq.com/v1', 'openai', 'notgroq.com'],
  ])('at %s is %s', async (baseURL, provider, host) => {
    const call = await callOf(openaiClient('').withOptions({ baseURL, fetch: answer }));
    expect(call).toMatchObject({ 'gen_ai.provider.name': provider, 'server.address': host });
  });

  describe.each([
    ['7', AzureOpenAI],
    ['6', AzureOpenAI6 as unknown as typeof AzureOpenAI],
  ])('is Azure’s for the client made for it: openai %s', (_version, Azure) => {
    it.each(['acme.openai.azure.com', 'gateway.acme.example'])('%s', async (host) => {
      const endpoint = `https://${host}`;
      const client = new Azure({ endpoint, apiKey: 'key', apiVersion: '2024-10-21', fetch: answer });

      expect(await callOf(client)).toMatchObject({
        'gen_ai.provider.name': 'azure.ai.openai',
        'server.address': host,
      });
    });
  });

  it('costs what its own price list says', async () => {
    const baseURL = 'https://api.groq.com/openai/v1';
    const call = await callOf(openaiClient('').withOptions({ baseURL, fetch: answer }));
    expect(call['agentops.cost.total']).toBeCloseTo(0.00013, 8);
  });
});
