import { describe, expect, it } from 'vitest';
import { anLlmSpan, aSessionSpan, aSpan, newProject, newSpanId } from '../spans.ts';
import type { Stage } from '../store-suite.ts';

export function usageSuite(stage: Stage): void {
  const written = async (rows: Parameters<Stage['stores'][0]['write']>[1]) => {
    const project = newProject();
    await stage.stores[0].write(project, rows);
    return stage.stores[0].session(project, rows[0]?.session_id ?? '');
  };

  describe('D1: tokens and cost', () => {
    it('counts what a wrapper repeats of the calls below it once', async () => {
      const root = aSessionSpan({ input_tokens: 30, output_tokens: 12, cost: 0.3 });
      const agent = aSpan({
        ...below(root),
        span_kind: 'agent',
        agent_id: 'a',
        input_tokens: 30,
        output_tokens: 12,
        cost: 0.3,
      });
      const wrapper = anLlmSpan(agent, { agent_id: 'a', input_tokens: 30, output_tokens: 12, cost: 0.3 });
      const step = aSpan({ ...below(wrapper), agent_id: 'a' });
      const calls = [
        anLlmSpan(step, {
          agent_id: 'a',
          input_tokens: 10,
          output_tokens: 4,
          cost: 0.1,
          cache_read_tokens: 7,
        }),
        anLlmSpan(step, {
          agent_id: 'a',
          input_tokens: 20,
          output_tokens: 8,
          cost: 0.2,
          reasoning_tokens: 3,
        }),
      ];
      const session = await written([root, agent, wrapper, step, ...calls]);
      expect(session).toMatchObject({
        counts: { spans: 6, agents: 1, llms: 2 },
        tokens: { input: 30, output: 12, cache_read: 7, cache_write: 0, reasoning: 3, total: 42 },
        cost: 0.3,
      });
      expect(session?.agents).toMatchObject([
        { agent_id: 'a', counts: { spans: 5, llms: 2 }, tokens: { total: 42 }, cost: 0.3 },
      ]);
    });

    it('counts the wrapper where the call below it reports nothing', async () => {
      const root = aSessionSpan();
      const wrapper = anLlmSpan(root, { input_tokens: 5, cost: 0.5 });
      const session = await written([root, wrapper, anLlmSpan(wrapper)]);
      expect(session).toMatchObject({ counts: { llms: 1 }, tokens: { input: 5, total: 5 }, cost: 0.5 });
    });

    it('adds costs without a rounding error, and knows unknown from free', async () => {
      const root = aSessionSpan();
      const priced = [0.1, 0.2].map((cost) => anLlmSpan(root, { cost }));
      expect((await written([root, ...priced]))?.cost).toBe(0.3);
      expect((await written([root, anLlmSpan(root, { input_tokens: 1 })]))?.cost).toBeNull();
      expect((await written([root, anLlmSpan(root, { cost: 0 })]))?.cost).toBe(0);
    });

    it('adds token counts that are too large for 64 bits', async () => {
      const root = aSessionSpan();
      const calls = Array.from({ length: 2_000 }, () =>
        anLlmSpan(root, { input_tokens: Number.MAX_SAFE_INTEGER }),
      );
      expect((await written([root, ...calls]))?.tokens.input).toBe(2_000 * Number.MAX_SAFE_INTEGER);
    });

    it('ends on a chain of five thousand calls and on parents in a circle', async () => {
      const root = aSessionSpan();
      const chain = [root];
      for (let i = 0; i < 5_000; i++) chain.push(anLlmSpan(chain.at(-1) ?? root, { input_tokens: 1 }));
      expect(await written(chain)).toMatchObject({ counts: { llms: 1 }, tokens: { input: 1 } });

      const [one, two] = [newSpanId(), newSpanId()];
      const circle = [
        anLlmSpan(root, { span_id: one, parent_span_id: two, input_tokens: 1 }),
        anLlmSpan(root, { span_id: two, parent_span_id: one, input_tokens: 1 }),
      ];
      expect(await written([root, ...circle])).toMatchObject({ counts: { spans: 3 } });
    });
  });
}

const below = (parent: ReturnType<typeof aSpan>) => ({
  trace_id: parent.trace_id,
  parent_span_id: parent.span_id,
  start_time: parent.start_time + 1n,
});
