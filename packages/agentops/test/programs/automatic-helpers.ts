/**
 * Asks Anthropic in a session by each of the helpers and some of the other requests, each with a client of its own, and
 * prints the spans. Arguments: the model server, and the `instrumentations` of `init` as JSON.
 */
import Anthropic from '@anthropic-ai/sdk';
import { init, session, shutdown } from 'agentops';
import { InMemory, report } from './in-memory.ts';

const [url, instrumentations = '{}'] = process.argv.slice(2);
const client = () => new Anthropic({ apiKey: 'key', maxRetries: 0, baseURL: url });
const early = client();
const memory = new InMemory();
await init({ exporters: [memory], instrumentations: JSON.parse(instrumentations) }).ready;

const question = {
  model: 'claude-sonnet-5-5',
  max_tokens: 9,
  messages: [{ role: 'user' as const, content: 'How warm is it?' }],
};
await session('ask', async () => {
  await client().messages.stream(question).finalMessage();
  await client().beta.messages.stream(question).finalMessage();
  await client().beta.messages.toolRunner({ ...question, tools: [] });
  // The server has no such addresses: the requests fail, and are spans all the same.
  await early.models.list().catch(() => {});
  await client()
    .models.list()
    .catch(() => {});
  await client()
    .beta.models.retrieve('claude-sonnet-5-5')
    .catch(() => {});
  await client()
    .messages.countTokens(question)
    .catch(() => {});
  await client().withOptions({ timeout: 5000 }).messages.stream(question).finalMessage();
});
await shutdown();
report(memory);
