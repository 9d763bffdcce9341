import { mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { session, shutdown } from 'agentops';
import { expect, it } from 'vitest';
import { jsonOf, startRecording } from '../support/recording.ts';

const ROOT = new URL('../../../../', import.meta.url);

/** The client that the page speaks of. */
const CLIENT = `
export type Question = { model: string; question: string; stream?: boolean };
export type Usage = { read: number; written: number };
export type Answer = { model: string; answer: string; usage: Usage };
export type Word = { word: string; usage?: Usage };
export class LlamaClient {
  baseURL: string;
  llama = { ask: async ({ model, stream }: Question) => (stream ? words() : { model, answer: 'Quite warm.', usage }) };
  constructor(url: string) { this.baseURL = url; }
}
const usage = { read: 5, written: 2 };
async function* words() { yield { word: 'Quite' }; yield { word: 'warm.', usage }; }
`;

it('docs/custom-providers.md: the provider on the page works as it stands (P1)', async () => {
  const page = await readFile(new URL('docs/custom-providers.md', ROOT), 'utf8');
  const [, provider = ''] = /```ts\n(.*?)```/s.exec(page) ?? [];
  const folder = await mkdtemp(join(tmpdir(), 'agentops-docs-'));
  await symlink(fileURLToPath(new URL('node_modules', ROOT)), join(folder, 'node_modules'));
  await writeFile(join(folder, 'llama-client.ts'), CLIENT);
  await writeFile(join(folder, 'provider.ts'), provider);
  const { LlamaProvider } = await import(pathToFileURL(join(folder, 'provider.ts')).href);
  const { LlamaClient } = await import(pathToFileURL(join(folder, 'llama-client.ts')).href);

  const recording = startRecording();
  const client = new LlamaProvider().instrument(new LlamaClient('http://llama.internal:8080'));
  const question = { model: 'llama-9', question: 'How warm is it?' };
  await session('ask', async () => {
    expect(await client.llama.ask(question)).toMatchObject({ answer: 'Quite warm.' });
    for await (const _word of await client.llama.ask({ ...question, stream: true }));
  });
  const calls = (await recording.spans()).filter(({ name }) => name === 'chat llama-9');
  await shutdown();
  await rm(folder, { recursive: true });

  expect(recording.errors).toEqual([]);
  expect(calls).toHaveLength(2);
  for (const call of calls) {
    expect(call.attributes).toMatchObject({
      'gen_ai.provider.name': 'llama',
      'gen_ai.usage.input_tokens': 5,
      'gen_ai.usage.output_tokens': 2,
      'server.address': 'llama.internal',
      'server.port': 8080,
    });
    expect(jsonOf(call, 'gen_ai.output.messages')).toMatchObject([{ parts: [{ content: 'Quite warm.' }] }]);
    expect(call.attributes).not.toHaveProperty(['agentops.stream.truncated']);
  }
});
