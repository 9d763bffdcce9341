import { always } from '@agentops/model-server';
import { describe, expect, it } from 'vitest';
import { runExample, treeOf } from './support/run-example.ts';

describe('LangChain through OpenLLMetry (P4)', () => {
  it('hangs the spans of each chain below the agent that called it', async () => {
    const { output, spans } = await runExample('langchain/main.ts', always({}));

    expect(output).toBe('AT NIGHT.\nAT NIGHT.');
    expect(treeOf(spans, ({ operation_name, span_kind }) => `${operation_name} (${span_kind})`)).toBe(
      ['Skerryvore', 'Bell Rock']
        .flatMap((place) => [
          `${place} (session)`,
          '  invoke_agent keeper (agent)',
          '    workflow RunnableSequence (workflow)',
          '    workflow prompt (workflow)',
          '    chat FakeListChatModel (llm)',
          '    workflow RunnableLambda (workflow)',
        ])
        .join('\n'),
    );
    const calls = spans.filter(({ span_kind }) => span_kind === 'llm');
    expect(calls.map(({ attributes }) => attributes['gen_ai.input.messages'])).toEqual([
      expect.stringContaining('lamp of Skerryvore'),
      expect.stringContaining('lamp of Bell Rock'),
    ]);
    expect(calls).toMatchObject([
      { agent_name: 'keeper', event_type: 'llms', scope_name: '@traceloop/instrumentation-langchain' },
      { agent_name: 'keeper' },
    ]);
  });
});
