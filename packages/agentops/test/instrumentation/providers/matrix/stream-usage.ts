import { always } from '@agentops/model-server';
import type OpenAI from 'openai';
import { describe, expect, it } from 'vitest';
import { controlRun, type Note } from '../support/control-run.ts';
import type { ProviderCase, StainlessCaller } from '../support/provider-case.ts';

const options = { instrumentations: { streamUsage: ['127.0.0.1'] } };
const usage = { inputTokens: 1000, outputTokens: 200 };
const text = 'It is 21 degrees and sunny.';

/** Streams that carry usage only on request, and are asked for it by us. */
export function describeStreamUsage(provider: ProviderCase<StainlessCaller>): void {
  const onRequest = provider.streams.filter(({ name }) => !name.startsWith('responses.'));

  describe('usage that we have asked a stream for (P3, P6)', () => {
    it.each(onRequest)('$name shows the chunks of an uninstrumented call', async (way) => {
      const { plain, watched, calls } = await controlRun(
        () => ({
          script: always({ text, usage }),
          program: ({ url, instrument, note }) => way.use(provider.connect(url, instrument), note),
        }),
        options,
      );

      expect(watched.seen).toEqual(plain.seen);
      expect(plain.seen).not.toEqual([]);
      expect(JSON.parse(watched.requests[0]?.body ?? '')).toEqual({
        ...JSON.parse(plain.requests[0]?.body ?? ''),
        stream_options: { include_usage: true },
      });
      expect(watched.requests[0]?.outcome).toBe('complete');
      expect(calls).toHaveLength(1);
      expect(calls[0]?.attributes).toMatchObject({
        'gen_ai.usage.input_tokens': 1000,
        'gen_ai.usage.output_tokens': 200,
      });
      expect(calls[0]?.attributes).not.toHaveProperty(['agentops.stream.truncated']);
    });

    it.each<[string, { stream_options: object | null }]>([
      ['asks for it', { stream_options: { include_usage: true } }],
      ['wants none', { stream_options: { include_usage: false } }],
      ['says something else', { stream_options: { include_obfuscation: false } }],
      ['says nothing, aloud', { stream_options: null }],
    ])('leaves a call alone that %s itself', async (_what, own) => {
      const { plain, watched } = await controlRun(
        () => ({
          script: always({ text, usage }),
          program: async ({ url, instrument, note }) => {
            const { chat } = provider.connect(url, instrument).client as OpenAI;
            const stream = await chat.completions.create({
              ...{ model: 'gpt-4o', messages: [], stream: true, ...own },
            });
            for await (const chunk of stream) note(chunk);
          },
        }),
        options,
      );

      expect(watched).toEqual(plain);
    });

    it('leaves the bytes of asResponse() as they came', async () => {
      const { watched } = await controlRun(
        () => ({
          script: always({ text, usage }),
          async program({ url, instrument, note }) {
            const response = await provider.connect(url, instrument).createStream().asResponse();
            note((await response.text()).includes('"prompt_tokens":1000'));
          },
        }),
        options,
      );

      expect(watched.seen).toEqual([true]);
    });

    it.each<[string, (caller: StainlessCaller, note: Note) => Promise<void>]>([
      ['a whole answer', async (caller, note) => note(await caller.create())],
      [
        'a response',
        async ({ client }, note) => {
          const { responses } = client as OpenAI;
          for await (const event of await responses.create({ model: 'gpt-4o', input: 'a', stream: true })) {
            note(event);
          }
        },
      ],
    ])('asks nothing of %s, which has its usage anyway', async (_what, use) => {
      const { plain, watched, calls } = await controlRun(
        () => ({
          script: always({ text, usage }),
          program: ({ url, instrument, note }) => use(provider.connect(url, instrument), note),
        }),
        options,
      );

      expect(watched).toEqual(plain);
      expect(calls[0]?.attributes).toMatchObject({ 'gen_ai.usage.input_tokens': 1000 });
    });
  });
}
