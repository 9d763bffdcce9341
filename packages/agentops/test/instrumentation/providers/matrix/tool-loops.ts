import { sequence } from '@agentops/model-server';
import { describe, expect, it } from 'vitest';
import { jsonOf } from '../../../support/recording.ts';
import { controlRun } from '../support/control-run.ts';
import type { ProviderCase } from '../support/provider-case.ts';

/** Helpers that go on asking until the model wants no more of their tools. */
export function describeToolLoops(provider: ProviderCase): void {
  describe('a helper that calls tools by itself (P2, P6)', () => {
    it.each(provider.toolLoops)('$name: one span for each request', async (loop) => {
      const { plain, watched, calls } = await controlRun(() => ({
        script: sequence([
          { toolCalls: [{ id: 'c1', name: 'measure', arguments: {} }] },
          { text: 'It is 21 degrees.' },
        ]),
        program: ({ url, instrument, note }) => loop.use(provider.connect(url, instrument), note),
      }));

      expect(watched).toEqual(plain);
      expect(plain.requests).toHaveLength(2);
      expect(calls.map(({ name, status }) => [name, status.code])).toEqual([
        [provider.spanName, 0],
        [provider.spanName, 0],
      ]);
      const [first, second] = calls;
      expect(first && jsonOf(first, 'gen_ai.output.messages')).toMatchObject([
        { parts: [{ type: 'tool_call', id: 'c1', name: 'measure', arguments: {} }] },
      ]);
      // Some send the whole conversation again, some only what is new.
      const sent = second && (jsonOf(second, 'gen_ai.input.messages') as unknown[]);
      expect(sent?.at(-1)).toMatchObject({
        parts: [{ type: 'tool_call_response', id: 'c1', response: provider.toolResponse }],
      });
    });
  });
}
