import { always, type Script, sequence, startModelServer } from '@agentops/model-server';
import {
  Agent,
  getCurrentSpan,
  OpenAIProvider,
  Runner,
  setTraceProcessors,
  setTracingDisabled,
  tool,
} from '@openai/agents';
import type { ReadableSpan } from '@opentelemetry/sdk-trace';
import { init, instrument, session, shutdown } from 'agentops';
import { agentopsTracingProcessor } from 'agentops/openai-agents';
import OpenAI from 'openai';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { idOf, parentOf, startRecording } from '../../packages/agentops/test/support/recording.ts';
import { runExample, spanNamed, treeOf } from './support/run-example.ts';

const script = () =>
  sequence([
    { toolCalls: [{ name: 'transfer_to_Keeper', arguments: {} }] },
    { toolCalls: [{ name: 'oil_left', arguments: { place: 'Skerryvore' } }] },
    { text: '40 litres.' },
  ]);

describe('the OpenAI Agents SDK (P5)', () => {
  it.each(['plain', 'instrumented'])('keeps its hierarchy, one span a call: %s client', async (client) => {
    const { output, spans, requests } = await runExample('openai-agents/main.ts', script(), {
      args: [client],
    });

    expect(output).toBe('40 litres.');
    expect(requests).toHaveLength(3);
    expect(treeOf(spans, ({ operation_name, agent_name }) => `${operation_name} < ${agent_name}`)).toBe(
      [
        'question < null',
        '  invoke_workflow Agent workflow < null',
        '    invoke_agent Triage < Triage',
        '      guardrail polite < Triage',
        '      chat gpt-4o-mini < Triage',
        '      action handoff < Triage',
        '    invoke_agent Keeper < Keeper',
        '      chat gpt-4o < Keeper',
        '      execute_tool oil_left < Keeper',
        '        action measure < Keeper',
        '      chat gpt-4o < Keeper',
      ].join('\n'),
    );
    expect(spanNamed(spans, 'execute_tool oil_left').attributes).toMatchObject({
      'gen_ai.tool.call.arguments': '{"place":"Skerryvore"}',
      'gen_ai.tool.call.result': '"40 litres at Skerryvore"',
    });
    expect(spanNamed(spans, 'question').attributes).toMatchObject({
      'agentops.session.count.llms': 3,
      'agentops.session.count.tools': 1,
      'agentops.session.count.agents': 2,
      'agentops.session.tokens.total': 263,
    });
    const last = spans.findLast(({ operation_name }) => operation_name === 'chat gpt-4o');
    expect(last).toMatchObject({ provider: 'openai', input_tokens: 99, output_tokens: 3 });
    expect(JSON.parse(String(last?.attributes['gen_ai.input.messages'])).at(-1)).toMatchObject({
      role: 'tool',
      parts: [{ type: 'tool_call_response', response: expect.stringContaining('40 litres') }],
    });
  });
});

describe('a run of the OpenAI Agents SDK', () => {
  beforeAll(() => setTracingDisabled(false));
  afterEach(() => shutdown());

  const oil = tool({
    name: 'oil',
    description: 'Oil left',
    parameters: z.object({}),
    errorFunction: null,
    execute: () => {
      throw new Error('no oil');
    },
  });

  /** Asks an agent in a session, and gives back the spans. */
  async function record(
    model: Script,
    ask: (runner: Runner) => Promise<unknown>,
    { useResponses = true, watch = (client: OpenAI) => client } = {},
  ): Promise<{ spans: readonly ReadableSpan[]; error: unknown }> {
    await using server = await startModelServer({ script: model });
    const recording = startRecording();
    setTraceProcessors([agentopsTracingProcessor({ getCurrentSpan })]);
    const openAIClient = watch(new OpenAI({ apiKey: 'key', baseURL: `${server.url}/v1`, maxRetries: 0 }));
    const runner = new Runner({ modelProvider: new OpenAIProvider({ openAIClient, useResponses }) });
    let error: unknown;
    await session('run', () => ask(runner)).catch((thrown: unknown) => {
      error = thrown;
    });
    expect(recording.errors).toEqual([]);
    return { spans: await recording.spans(), error };
  }

  const keeper = new Agent({ name: 'Keeper', model: 'gpt-4o', instructions: 'Be brief.', tools: [oil] });
  const named = (spans: readonly ReadableSpan[], name: string) => {
    const found = spans.filter((span) => span.name === name);
    expect(found.map((span) => span.name)).toEqual([name]);
    return found[0]!;
  };

  const stream = async (runner: Runner): Promise<void> => {
    const result = await runner.run(keeper, 'Warm?', { stream: true });
    for await (const _event of result);
    await result.completed;
  };

  it.each([
    ['streamed', true, (client: OpenAI) => client],
    ['streamed, of an instrumented client', true, instrument],
    ['streamed chat completions', false, (client: OpenAI) => client],
    ['streamed chat completions, of an instrumented client', false, instrument],
  ])('%s: one span a call, below its agent', async (_what, useResponses, watch) => {
    const { spans } = await record(always({ text: 'Warm.' }), stream, { useResponses, watch });

    const call = named(spans, 'chat gpt-4o');
    expect(parentOf(call)).toBe(idOf(named(spans, 'invoke_agent Keeper')));
    expect(call.attributes['gen_ai.output.messages']).toContain('Warm.');
  });

  it('chat completions: one span a call, with what was said', async () => {
    const ask = (runner: Runner) => runner.run(keeper, 'Warm?');
    const { spans } = await record(always({ text: 'Warm.' }), ask, { useResponses: false });

    expect(named(spans, 'chat gpt-4o').attributes).toMatchObject({
      'gen_ai.input.messages': expect.stringContaining('Warm?'),
      'gen_ai.output.messages': expect.stringContaining('Warm.'),
      'gen_ai.usage.output_tokens': expect.any(Number),
    });
  });

  it('marks a tool and a model that failed', async () => {
    const ask = (runner: Runner) => runner.run(keeper, 'Oil?');
    const tooled = await record(always({ toolCalls: [{ name: 'oil', arguments: {} }] }), ask);
    expect(tooled.error).toMatchObject({ message: expect.stringContaining('no oil') });
    expect(named(tooled.spans, 'execute_tool oil').status).toMatchObject({ code: 2 });
    await shutdown();

    const refused = await record(always({ fault: { kind: 'status', status: 400, message: 'Bad.' } }), ask);
    expect(refused.error).toBeDefined();
    expect(refused.spans.find(({ name }) => name.startsWith('chat'))?.status.code).toBe(2);
  });

  it('has an agent that is a tool below that tool', async () => {
    const chief = new Agent({
      name: 'Chief',
      model: 'gpt-4o-mini',
      tools: [keeper.asTool({ toolName: 'ask_keeper', toolDescription: 'Asks the keeper' })],
    });
    const model = sequence([
      { toolCalls: [{ name: 'ask_keeper', arguments: { input: 'Warm?' } }] },
      { text: 'Warm.' },
      { text: 'It is warm.' },
    ]);
    const { spans } = await record(model, (runner) => runner.run(chief, 'Ask him.'), { watch: instrument });

    const tool = named(spans, 'execute_tool ask_keeper');
    const agent = named(spans, 'invoke_agent Keeper');
    const lineOf = (span: ReadableSpan | undefined): string[] =>
      span === undefined ? [] : [span.name, ...lineOf(spans.find((one) => idOf(one) === parentOf(span)))];
    expect(lineOf(agent)).toContain('execute_tool ask_keeper');
    expect(parentOf(named(spans, 'chat gpt-4o'))).toBe(idOf(agent));
    expect(parentOf(tool)).toBe(idOf(named(spans, 'invoke_agent Chief')));
  });

  it('keeps runs that are under way at once apart', async () => {
    const ask = (runner: Runner) =>
      Promise.all(
        ['one', 'two', 'three'].map((name) =>
          session(name, () => runner.run(new Agent({ name, model: 'gpt-4o' }), 'Warm?')),
        ),
      );
    const { spans } = await record(always({ text: 'Warm.' }), ask, { watch: instrument });

    for (const name of ['one', 'two', 'three']) {
      const agent = named(spans, `invoke_agent ${name}`);
      const calls = spans.filter((span) => parentOf(span) === idOf(agent));
      expect(calls.map((span) => [span.name, span.attributes['session.id']])).toEqual([
        ['chat gpt-4o', named(spans, name).attributes['session.id']],
      ]);
    }
  });

  it('is left alone before init', async () => {
    await using server = await startModelServer({ script: always({ text: 'Warm.' }) });
    setTraceProcessors([agentopsTracingProcessor({ getCurrentSpan })]);
    const openAIClient = new OpenAI({ apiKey: 'key', baseURL: `${server.url}/v1` });
    const runner = new Runner({ modelProvider: new OpenAIProvider({ openAIClient }) });

    expect((await runner.run(keeper, 'Warm?')).finalOutput).toBe('Warm.');
    expect(init({ exporters: [] }).stats().errors).toEqual({});
  });
});
