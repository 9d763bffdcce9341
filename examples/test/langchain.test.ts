import { always } from '@agentops/model-server';
import { type InitOptions, session, shutdown } from 'agentops';
import { describe, expect, it } from 'vitest';
import { startRecording } from '../../packages/agentops/test/support/recording.ts';
import { runExample, treeOf } from './support/run-example.ts';

describe('LangChain through OpenLLMetry (P4)', () => {
  it.each([
    ['switched on by init', []],
    ['with the preload', ['--import', 'agentops/register']],
  ])('hangs the spans of each chain below the agent that called it: %s', async (_way, nodeOptions) => {
    const { output, spans } = await runExample('langchain/main.ts', always({}), { nodeOptions });

    expect(output).toBe('AT NIGHT.\nAT NIGHT.\nmodels asked: 2');
    expect(treeOf(spans, ({ operation_name, span_kind }) => `${operation_name} (${span_kind})`)).toBe(
      ['Skerryvore', 'Bell Rock']
        .flatMap((place) => [
          `${place} (session)`,
          '  invoke_agent keeper (agent)',
          '    workflow RunnableSequence (workflow)',
          '      workflow prompt (workflow)',
          '      chat FakeListChatModel (llm)',
          '      workflow RunnableLambda (workflow)',
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

  it('comes and goes with the client, and keeps content to itself where that is off', async () => {
    const { RunnableLambda } = await import('@langchain/core/runnables');
    const chain = RunnableLambda.from((place: string) => `${place} is lit`);
    const run = async (options: InitOptions) => {
      const recording = startRecording({ instrumentations: { openllmetry: 'auto' }, ...options });
      await recording.client.ready;
      await session('run', () => chain.invoke('Skerryvore'));
      const [span, ...others] = (await recording.spans()).filter(({ name }) => name !== 'run');
      expect([recording.errors, others]).toEqual([[], []]);
      await shutdown();
      expect(await chain.invoke('Skerryvore')).toBe('Skerryvore is lit');
      return span;
    };

    expect(JSON.stringify((await run({}))?.attributes)).toContain('is lit');
    const silent = await run({ content: { capture: false } });
    expect(silent?.name).toBe('workflow RunnableLambda');
    expect(JSON.stringify(silent?.attributes)).not.toContain('is lit');
    const denied = await run({
      instrumentations: { openllmetry: 'auto', denyScopes: ['@traceloop/*'] },
    });
    expect(denied).toBeUndefined();
  });
});
