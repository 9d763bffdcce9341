import { sequence } from '@agentops/model-server';
import { describe, expect, it } from 'vitest';
import { runExample, spanNamed, treeOf } from './support/run-example.ts';

const script = () =>
  sequence([
    {
      toolCalls: [{ name: 'oil', arguments: { place: 'Skerryvore' } }],
      usage: { inputTokens: 50, outputTokens: 5 },
    },
    { text: '40 litres.', usage: { inputTokens: 70, outputTokens: 4 } },
    { text: 'The lamp is lit.', usage: { inputTokens: 9, outputTokens: 6 } },
  ]);

describe('the Vercel AI SDK (P5)', () => {
  it('traces into the session and agent it is called in', async () => {
    const { output, spans } = await runExample('vercel-ai-sdk/main.ts', script());

    expect(output).toBe('40 litres.\nThe lamp is lit.');
    expect(treeOf(spans, ({ operation_name, event_type }) => `${operation_name}, ${event_type}`)).toBe(
      [
        'evening, null',
        '  invoke_agent keeper, null',
        '    invoke_agent gpt-4o, null',
        '      step 1, null',
        '        chat gpt-4o, llms',
        '        execute_tool oil, tools',
        '          action measure, actions',
        '      step 2, null',
        '        chat gpt-4o, llms',
        '    invoke_agent gpt-4o-mini, null',
        '      step 1, null',
        '        chat gpt-4o-mini, llms',
      ].join('\n'),
    );
    expect(new Set(spans.map(({ session_id }) => session_id)).size).toBe(1);
    expect(spanNamed(spans, 'chat gpt-4o-mini')).toMatchObject({
      provider: 'openai',
      input_tokens: 9,
      output_tokens: 6,
      agent_name: 'keeper',
      scope_name: 'ai',
    });
    expect(spanNamed(spans, 'chat gpt-4o-mini').attributes['gen_ai.output.messages']).toContain(
      'The lamp is lit.',
    );
    // Counted once: what the framework's own agents repeat is left out.
    expect(spanNamed(spans, 'evening').attributes).toMatchObject({
      'agentops.session.count.llms': 3,
      'agentops.session.count.tools': 1,
      'agentops.session.tokens.input': 129,
      'agentops.session.tokens.output': 15,
      'agentops.session.cost': expect.closeTo((120 * 2.5 + 9 * 10 + 9 * 0.15 + 6 * 0.6) / 1e6, 9),
    });
  });

  it('says nothing of what was said while content is not captured', async () => {
    const env = { AGENTOPS_CAPTURE_CONTENT: 'false' };
    const { spans } = await runExample('vercel-ai-sdk/main.ts', script(), { env });

    const recorded = JSON.stringify(spans.map(({ attributes, events }) => [attributes, events]));
    expect(recorded).not.toMatch(/Skerryvore|litres|lamp/i);
    expect(spanNamed(spans, 'evening').attributes['agentops.session.tokens.input']).toBe(129);
  });
});
