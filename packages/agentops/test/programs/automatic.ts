/**
 * Asks both providers in a session, and prints the spans and what it was answered. Arguments: the model server, the
 * `instrumentations` of `init` as JSON, and `handed` where the clients are handed to `instrument` as well.
 */
import Anthropic from '@anthropic-ai/sdk';
import { GoogleGenAI } from '@google/genai';
import { init, instrument, session, shutdown } from 'agentops';
import OpenAI, { AzureOpenAI } from 'openai';
import { InMemory, report } from './in-memory.ts';

const [url, instrumentations = '{}', handed] = process.argv.slice(2);
const memory = new InMemory();
await init({ exporters: [memory], instrumentations: JSON.parse(instrumentations) }).ready;

const settings = { apiKey: 'key', maxRetries: 0 };
const openai = new OpenAI({ ...settings, baseURL: `${url}/v1` });
const azure = new AzureOpenAI({ ...settings, baseURL: `${url}/v1`, apiVersion: '2024-10-21' });
const google = new GoogleGenAI({ apiKey: 'key', httpOptions: { baseUrl: String(url) } });
const anthropic = new Anthropic({ ...settings, baseURL: url });
if (handed) {
  instrument(openai);
  instrument(anthropic);
  instrument(google);
}
const messages = [{ role: 'user' as const, content: 'How warm is it?' }];
await session('ask', async () => {
  const chat = await openai.chat.completions.create({ model: 'gpt-4o', messages });
  await openai.withOptions({ timeout: 5000 }).chat.completions.create({ model: 'gpt-4o', messages });
  // The server has no such addresses: the calls fail, and are spans all the same.
  await azure.chat.completions.create({ model: 'gpt-4o', messages }).catch(() => {});
  await azure.models.list().catch(() => {});
  const message = await anthropic.messages.create({ model: 'claude-sonnet-5-5', max_tokens: 9, messages });
  await google.models.generateContent({ model: 'gemini-2.5-flash', contents: 'How warm is it?' });
  await google.caches.list().catch(() => {});
  await google.interactions.create({ model: 'gemini-2.5-flash', input: 'Warm?' }).catch(() => {});
  return [chat.choices[0]?.message.content, message.role];
});
await shutdown();
report(memory);
