import { describe, expect, it } from 'vitest';
import { payloadOf } from '../../src/span/payload.ts';

describe('input and output', () => {
  it('are a tool’s arguments and result', () => {
    const attributes = { 'gen_ai.tool.call.arguments': '{"q":1}', 'gen_ai.tool.call.result': '[]' };
    expect(payloadOf(attributes)).toEqual({ input: '{"q":1}', output: '[]' });
  });

  it('are what any other operation recorded as such', () => {
    expect(payloadOf({ 'agentops.input': 'go', 'agentops.output': false })).toEqual({
      input: 'go',
      output: false,
    });
  });

  it('are null where they were not captured', () => {
    expect(payloadOf({ 'gen_ai.tool.name': 'search' })).toEqual({ input: null, output: null });
  });
});
