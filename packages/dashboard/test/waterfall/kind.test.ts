import { describe, expect, it } from 'vitest';
import { kindLabel, kindOf, shortName } from '../../src/waterfall/kind.ts';

describe('the kind of a span', () => {
  it('is its own word for it', () => {
    expect(kindOf({ span_kind: 'agent', event_type: null })).toBe('agent');
    expect(kindOf({ span_kind: 'GUARDRAIL', event_type: 'actions' })).toBe('step');
    expect(kindLabel({ span_kind: 'guardrail', event_type: 'actions' })).toBe('guardrail');
  });

  it('is the type of its event where it has no word, or one not known here', () => {
    expect(kindOf({ span_kind: null, event_type: 'llms' })).toBe('llm');
    expect(kindOf({ span_kind: 'reranker', event_type: 'tools' })).toBe('tool');
    expect(kindLabel({ span_kind: null, event_type: 'llms' })).toBe('LLM');
  });

  it('is nothing special for foreign spans', () => {
    expect(kindOf({ span_kind: null, event_type: null })).toBe('other');
    expect(kindLabel({ span_kind: null, event_type: null })).toBe('span');
  });
});

describe('the short name of a span', () => {
  const named = (name: string, span_kind: string | null) => shortName({ name, span_kind, event_type: null });

  it('leaves out the operation that the icon shows', () => {
    expect(named('invoke_agent researcher', 'agent')).toBe('researcher');
    expect(named('execute_tool search web', 'tool')).toBe('search web');
    expect(named('chat gpt-4o', 'llm')).toBe('chat gpt-4o');
  });

  it('keeps names that only look alike', () => {
    expect(named('task ', 'task')).toBe('task ');
    expect(named('action items', null)).toBe('action items');
  });
});
