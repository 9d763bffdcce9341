// Like automatic.ts, for a program that requires: first the SDK, or with `late` as its third argument last.
const [, , url, instrumentations, late] = process.argv;
const loaded = late === 'late' ? require('openai') : undefined;
const { init, session, shutdown } = require('agentops');
const { InMemorySpanExporter } = require('@opentelemetry/sdk-trace');

async function main() {
  const memory = new InMemorySpanExporter();
  memory.shutdown = async () => {};
  await init({ exporters: [memory], instrumentations: JSON.parse(instrumentations) }).ready;
  const OpenAI = loaded ?? require('openai');
  const openai = new OpenAI({ apiKey: 'key', baseURL: `${url}/v1` });
  const messages = [{ role: 'user', content: 'How warm is it?' }];
  await session('ask', () => openai.chat.completions.create({ model: 'gpt-4o', messages }));
  await shutdown();
  const names = memory.getFinishedSpans().map(({ name }) => name);
  console.log(JSON.stringify(names.filter((name) => name !== 'ask')));
}
main();
