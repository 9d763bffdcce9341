import type { SpanRow } from '@agentops/otlp';
import type { Attributes } from '@opentelemetry/api';
import { describe, expect, it } from 'vitest';
import { rowOf } from '../recorded-spans.ts';

/** A call of a model as each family of instrumentations reports it, and what becomes of it. */
const llmCalls: [dialect: string, attributes: Attributes, columns: Partial<SpanRow>][] = [
  [
    'the current GenAI conventions',
    {
      'gen_ai.operation.name': 'chat',
      'gen_ai.provider.name': 'anthropic',
      'gen_ai.request.model': 'claude-sonnet-4',
      'gen_ai.response.model': 'claude-sonnet-4-20250514',
      'gen_ai.usage.input_tokens': 120,
      'gen_ai.usage.output_tokens': 30,
      'gen_ai.usage.cache_read.input_tokens': 80,
      'gen_ai.usage.cache_write.input_tokens': 20,
      'gen_ai.usage.reasoning.output_tokens': 10,
      'gen_ai.agent.id': 'a-1',
      'gen_ai.agent.name': 'researcher',
      'gen_ai.conversation.id': 'c-1',
      'user.id': 'u-1',
      'session.id': 's-1',
      'agentops.cost.total': 0.25,
    },
    {
      provider: 'anthropic',
      model: 'claude-sonnet-4-20250514',
      input_tokens: 120,
      output_tokens: 30,
      cache_read_tokens: 80,
      cache_write_tokens: 20,
      reasoning_tokens: 10,
      agent_id: 'a-1',
      agent_name: 'researcher',
      conversation_id: 'c-1',
      user_id: 'u-1',
      session_id: 's-1',
      cost: 0.25,
    },
  ],
  [
    'the former GenAI conventions',
    {
      'gen_ai.operation.name': 'text_completion',
      'gen_ai.system': 'az.ai.openai',
      'gen_ai.request.model': 'gpt-4o',
      'gen_ai.usage.prompt_tokens': 7,
      'gen_ai.usage.completion_tokens': 3,
      'gen_ai.usage.cache_creation.input_tokens': 2,
      'enduser.id': 'u-2',
    },
    {
      provider: 'azure.ai.openai',
      model: 'gpt-4o',
      input_tokens: 7,
      output_tokens: 3,
      cache_write_tokens: 2,
      user_id: 'u-2',
    },
  ],
  [
    'OpenLLMetry',
    {
      'llm.request.type': 'chat',
      'gen_ai.system': 'OpenAI',
      'gen_ai.request.model': 'gpt-4o',
      'gen_ai.response.model': 'gpt-4o-2024-08-06',
      'gen_ai.usage.prompt_tokens': 7,
      'gen_ai.usage.completion_tokens': 3,
      'gen_ai.usage.cache_read_input_tokens': 4,
      'gen_ai.usage.cache_creation_input_tokens': 1,
      'gen_ai.usage.reasoning_tokens': 2,
      'gen_ai.usage.cost': 0.5,
      'traceloop.association.properties.session_id': 's-3',
      'traceloop.association.properties.user_id': 'u-3',
      'traceloop.association.properties.conversation_id': 'c-3',
    },
    {
      provider: 'openai',
      model: 'gpt-4o-2024-08-06',
      input_tokens: 7,
      output_tokens: 3,
      cache_read_tokens: 4,
      cache_write_tokens: 1,
      reasoning_tokens: 2,
      cost: 0.5,
      session_id: 's-3',
      user_id: 'u-3',
      conversation_id: 'c-3',
    },
  ],
  [
    'the AgentOps SDK for Python',
    {
      'agentops.span.kind': 'llm.call',
      'gen_ai.request.type': 'chat',
      'gen_ai.system': 'OpenAI',
      'gen_ai.request.model': 'gpt-4o',
      'gen_ai.usage.prompt_tokens': 7,
      'gen_ai.usage.completion_tokens': 3,
      'gen_ai.user': 'u-4',
      'agent.id': 'a-4',
      'agent.name': 'planner',
    },
    {
      provider: 'openai',
      input_tokens: 7,
      output_tokens: 3,
      user_id: 'u-4',
      agent_id: 'a-4',
      agent_name: 'planner',
    },
  ],
  [
    'OpenInference',
    {
      'openinference.span.kind': 'LLM',
      'llm.provider': 'google',
      'llm.system': 'vertexai',
      'llm.model_name': 'gemini-2.5-pro',
      'llm.token_count.prompt': 11,
      'llm.token_count.completion': 5,
      'llm.token_count.prompt_details.cache_read': 4,
      'llm.token_count.prompt_details.cache_write': 3,
      'llm.token_count.completion_details.reasoning': 2,
      'llm.cost.total': 0.75,
      'agent.name': 'critic',
      'session.id': 's-5',
      'user.id': 'u-5',
    },
    {
      provider: 'gcp.gen_ai',
      model: 'gemini-2.5-pro',
      input_tokens: 11,
      output_tokens: 5,
      cache_read_tokens: 4,
      cache_write_tokens: 3,
      reasoning_tokens: 2,
      cost: 0.75,
      agent_name: 'critic',
      session_id: 's-5',
      user_id: 'u-5',
    },
  ],
  [
    'the Vercel AI SDK',
    {
      'ai.operationId': 'ai.streamText.doStream',
      'ai.model.provider': 'openai.responses',
      'ai.model.id': 'gpt-4o',
      'ai.response.model': 'gpt-4o-2024-08-06',
      'ai.usage.inputTokens': 9,
      'ai.usage.outputTokens': 6,
      'ai.usage.inputTokenDetails.cacheReadTokens': 5,
      'ai.usage.inputTokenDetails.cacheWriteTokens': 1,
      'ai.usage.reasoningTokens': 2,
      'ai.telemetry.metadata.sessionId': 's-6',
      'ai.telemetry.metadata.userId': 'u-6',
    },
    {
      provider: 'openai',
      model: 'gpt-4o-2024-08-06',
      input_tokens: 9,
      output_tokens: 6,
      cache_read_tokens: 5,
      cache_write_tokens: 1,
      reasoning_tokens: 2,
      session_id: 's-6',
      user_id: 'u-6',
    },
  ],
  [
    'an older Vercel AI SDK',
    {
      'ai.operationId': 'ai.generateText.doGenerate',
      'ai.model.provider': 'anthropic.messages',
      'ai.model.id': 'claude-sonnet-4',
      'ai.usage.promptTokens': 9,
      'ai.usage.completionTokens': 6,
      'ai.usage.cachedInputTokens': 5,
    },
    {
      provider: 'anthropic',
      model: 'claude-sonnet-4',
      input_tokens: 9,
      output_tokens: 6,
      cache_read_tokens: 5,
    },
  ],
];

describe('P4: a call of a model', () => {
  it.each(llmCalls)('is understood as %s report it, its attributes kept', (_dialect, attributes, columns) => {
    expect(rowOf(attributes)).toMatchObject({ ...columns, span_kind: 'llm', event_type: 'llms', attributes });
  });

  it('goes by the current names where it carries former ones too', () => {
    const row = rowOf({
      'gen_ai.system': 'openai',
      'gen_ai.provider.name': 'groq',
      'gen_ai.usage.prompt_tokens': 1,
      'gen_ai.usage.input_tokens': 2,
      'ai.usage.inputTokens': 3,
      'session.id': 'ours',
      'ai.telemetry.metadata.sessionId': 'theirs',
    });
    expect(row).toMatchObject({ provider: 'groq', input_tokens: 2, session_id: 'ours' });
  });
});

describe('P4: the kind of a span', () => {
  it.each([
    ['agentops.span.kind', 'session', 'session', null],
    ['agentops.span.kind', 'agent', 'agent', null],
    ['agentops.span.kind', 'guardrail', 'guardrail', 'actions'],
    ['agentops.span.kind', 'action', 'action', 'actions'],
    ['agentops.span.kind', 'operation', 'task', 'actions'],
    ['agentops.span.kind', 'team', 'team', null],
    ['agentops.span.kind', 'unknown', null, null],
    ['gen_ai.operation.name', 'chat', 'llm', 'llms'],
    ['gen_ai.operation.name', 'text_completion', 'llm', 'llms'],
    ['gen_ai.operation.name', 'generate_content', 'llm', 'llms'],
    ['gen_ai.operation.name', 'embeddings', 'llm', 'llms'],
    ['gen_ai.operation.name', 'invoke_agent', 'agent', null],
    ['gen_ai.operation.name', 'execute_tool', 'tool', 'tools'],
    ['gen_ai.operation.name', 'invoke_workflow', 'workflow', null],
    ['gen_ai.operation.name', 'something_new', null, null],
    ['openinference.span.kind', 'TOOL', 'tool', 'tools'],
    ['openinference.span.kind', 'CHAIN', 'workflow', null],
    ['openinference.span.kind', 'RETRIEVER', 'task', 'actions'],
    ['openinference.span.kind', 'GUARDRAIL', 'guardrail', 'actions'],
    ['traceloop.span.kind', 'workflow', 'workflow', null],
    ['traceloop.span.kind', 'tool', 'tool', 'tools'],
    ['traceloop.span.kind', 'task', 'task', 'actions'],
    ['ai.operationId', 'ai.generateText', 'workflow', null],
    ['ai.operationId', 'ai.toolCall', 'tool', 'tools'],
    ['http.request.method', 'GET', null, null],
    ['openinference.span.kind', 'constructor', null, null],
  ])('from %s %s', (attribute, value, span_kind, event_type) => {
    expect(rowOf({ [attribute]: value })).toMatchObject({ span_kind, event_type });
  });

  it('is the one AgentOps names, whatever else the span says', () => {
    const row = rowOf({
      'agentops.span.kind': 'task',
      'gen_ai.operation.name': 'chat',
      'traceloop.span.kind': 'tool',
    });
    expect(row).toMatchObject({ span_kind: 'task', event_type: 'actions' });
  });

  it.each([
    ['errors', 'errors'],
    ['tools', 'tools'],
    ['access', 'llms'],
  ])('gives way to the event type the span names: %s', (given, event_type) => {
    expect(rowOf({ 'event.type': given, 'agentops.span.kind': 'llm' })).toMatchObject({ event_type });
  });

  it.each(['traceloop.entity.name', 'agentops.entity.name'])(
    'tells whether %s names an agent',
    (attribute) => {
      expect(rowOf({ 'traceloop.span.kind': 'agent', [attribute]: 'planner' })).toMatchObject({
        agent_name: 'planner',
      });
      expect(rowOf({ 'traceloop.span.kind': 'task', [attribute]: 'planner' })).toMatchObject({
        agent_name: null,
      });
    },
  );
});

describe('P4: the name of a provider', () => {
  it.each([
    ['OpenAI', 'openai'],
    ['openai.chat', 'openai'],
    ['azure-openai.chat', 'azure.ai.openai'],
    ['azure.ai.inference', 'azure.ai.inference'],
    ['google.generative-ai', 'gcp.gemini'],
    ['google.vertex.chat', 'gcp.vertex_ai'],
    ['amazon-bedrock', 'aws.bedrock'],
    ['MistralAI', 'mistral_ai'],
    ['xai.responses', 'x_ai'],
    ['my-gateway', 'my-gateway'],
  ])('%s becomes %s', (given, provider) => {
    expect(rowOf({ 'gen_ai.system': given })).toMatchObject({ provider });
  });
});

describe('P4: a value of the wrong type', () => {
  it.each([
    ['"12"', '12', 12],
    ['12.0', 12, 12],
    ['"1.2e2"', '1.2e2', 120],
    ['0', 0, 0],
  ])('counts as tokens where it clearly is a number: %s', (_name, value, input_tokens) => {
    expect(rowOf({ 'gen_ai.usage.input_tokens': value })).toMatchObject({ input_tokens });
  });

  it.each([['a dozen'], [''], [-1], [1.5], [2 ** 60], [true], [[12]], ['0x12'], ['12 tokens']])(
    'is passed over where it is no count: %j',
    (value) => {
      expect(rowOf({ 'gen_ai.usage.input_tokens': value, 'gen_ai.usage.prompt_tokens': 5 })).toMatchObject({
        input_tokens: 5,
      });
    },
  );

  it('makes no cost of what is no amount', () => {
    expect(rowOf({ 'agentops.cost.total': '0.0001' })).toMatchObject({ cost: 0.0001 });
    expect(rowOf({ 'agentops.cost.total': Number.NaN })).toMatchObject({ cost: null });
    expect(rowOf({ 'agentops.cost.total': 'free' })).toMatchObject({ cost: null });
  });

  it('names a user by a number', () => {
    expect(rowOf({ 'user.id': 42 })).toMatchObject({ user_id: '42' });
    expect(rowOf({ 'user.id': ['a'] })).toMatchObject({ user_id: null });
  });
});

describe('a promoted text', () => {
  it('is cut to 256 characters in its column, never in the attribute', () => {
    const long = 'm'.repeat(300);
    const row = rowOf({ 'gen_ai.request.model': long, 'user.id': `${'u'.repeat(255)}😀` });
    expect(row).toMatchObject({ model: 'm'.repeat(256), user_id: 'u'.repeat(255) });
    expect(row.attributes['gen_ai.request.model']).toBe(long);
  });

  it('is no session id where it is longer than 256 characters or empty', () => {
    expect(rowOf({ 'session.id': 's'.repeat(256) }).session_id).toBe('s'.repeat(256));
    for (const id of ['s'.repeat(257), '']) {
      const row = rowOf({ 'session.id': id });
      expect(row.session_id.replaceAll('-', '')).toBe(row.trace_id);
    }
  });
});
