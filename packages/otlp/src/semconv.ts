/**
 * Every attribute name that decoding and storing spans rests on: `Attr` is the one set of names the project speaks,
 * the others are the dialects accepted on the way in.
 */

/** Names of the OpenTelemetry conventions and of AgentOps: what every dialect is brought to. */
export const Attr = {
  SERVICE_NAME: 'service.name',
  DEPLOYMENT_ENVIRONMENT_NAME: 'deployment.environment.name',
  /** The name before version 1.27 of the conventions. */
  DEPLOYMENT_ENVIRONMENT: 'deployment.environment',
  SESSION_ID: 'session.id',
  USER_ID: 'user.id',

  AGENTOPS_SPAN_KIND: 'agentops.span.kind',
  /** Milliseconds between the snapshots of a running session's root: its heartbeats. */
  AGENTOPS_LIVE_INTERVAL: 'agentops.live.interval',
  AGENTOPS_SESSION_NAME: 'agentops.session.name',
  AGENTOPS_SESSION_TAGS: 'agentops.session.tags',
  AGENTOPS_SESSION_END_STATE: 'agentops.session.end_state',
  AGENTOPS_SESSION_END_STATE_REASON: 'agentops.session.end_state_reason',
  /** A prefix: the rest of the name is the caller's key. */
  AGENTOPS_SESSION_METADATA: 'agentops.session.metadata.',
  AGENTOPS_COST_TOTAL: 'agentops.cost.total',

  EVENT_TYPE: 'event.type',

  GEN_AI_OPERATION_NAME: 'gen_ai.operation.name',
  GEN_AI_PROVIDER_NAME: 'gen_ai.provider.name',
  GEN_AI_AGENT_ID: 'gen_ai.agent.id',
  GEN_AI_AGENT_NAME: 'gen_ai.agent.name',
  GEN_AI_TOOL_NAME: 'gen_ai.tool.name',
  GEN_AI_CONVERSATION_ID: 'gen_ai.conversation.id',
  GEN_AI_REQUEST_MODEL: 'gen_ai.request.model',
  GEN_AI_RESPONSE_MODEL: 'gen_ai.response.model',
  GEN_AI_USAGE_INPUT_TOKENS: 'gen_ai.usage.input_tokens',
  GEN_AI_USAGE_OUTPUT_TOKENS: 'gen_ai.usage.output_tokens',
  GEN_AI_USAGE_CACHE_READ_INPUT_TOKENS: 'gen_ai.usage.cache_read.input_tokens',
  GEN_AI_USAGE_CACHE_WRITE_INPUT_TOKENS: 'gen_ai.usage.cache_write.input_tokens',
  GEN_AI_USAGE_REASONING_OUTPUT_TOKENS: 'gen_ai.usage.reasoning.output_tokens',
  GEN_AI_INPUT_MESSAGES: 'gen_ai.input.messages',
  GEN_AI_OUTPUT_MESSAGES: 'gen_ai.output.messages',
} as const;

/** Earlier spellings of the OpenTelemetry conventions. */
export const FormerAttr = {
  SYSTEM: 'gen_ai.system',
  PROMPT_TOKENS: 'gen_ai.usage.prompt_tokens',
  COMPLETION_TOKENS: 'gen_ai.usage.completion_tokens',
  CACHE_CREATION: 'gen_ai.usage.cache_creation.input_tokens',
  ENDUSER_ID: 'enduser.id',
} as const;

/** The AgentOps SDK for Python, and the names of AgentOps' baggage. */
export const AgentOpsPythonAttr = {
  SESSION_ID: 'agentops.session.id',
  BAGGAGE_AGENT_ID: 'agentops.agent.id',
  AGENT_ID: 'agent.id',
  AGENT_NAME: 'agent.name',
  ENTITY_NAME: 'agentops.entity.name',
} as const;

/** OpenLLMetry (Traceloop), which the AgentOps SDK for Python follows for LLM calls. */
export const OpenLlmetryAttr = {
  SPAN_KIND: 'traceloop.span.kind',
  ENTITY_NAME: 'traceloop.entity.name',
  SESSION_ID: 'traceloop.association.properties.session_id',
  USER_ID: 'traceloop.association.properties.user_id',
  CONVERSATION_ID: 'traceloop.association.properties.conversation_id',
  USER: 'gen_ai.user',
  REQUEST_TYPE: 'llm.request.type',
  GEN_AI_REQUEST_TYPE: 'gen_ai.request.type',
  CACHE_READ: 'gen_ai.usage.cache_read_input_tokens',
  CACHE_CREATION: 'gen_ai.usage.cache_creation_input_tokens',
  REASONING: 'gen_ai.usage.reasoning_tokens',
  COST: 'gen_ai.usage.cost',
  PROMPT: 'gen_ai.prompt.',
  COMPLETION: 'gen_ai.completion.',
} as const;

/** OpenInference (Arize Phoenix). */
export const OpenInferenceAttr = {
  SPAN_KIND: 'openinference.span.kind',
  PROVIDER: 'llm.provider',
  SYSTEM: 'llm.system',
  MODEL_NAME: 'llm.model_name',
  REQUEST_MODEL_NAME: 'llm.request.model_name',
  RESPONSE_MODEL_NAME: 'llm.response.model_name',
  EMBEDDING_MODEL_NAME: 'embedding.model_name',
  PROMPT_TOKENS: 'llm.token_count.prompt',
  COMPLETION_TOKENS: 'llm.token_count.completion',
  CACHE_READ: 'llm.token_count.prompt_details.cache_read',
  CACHE_WRITE: 'llm.token_count.prompt_details.cache_write',
  REASONING: 'llm.token_count.completion_details.reasoning',
  COST_TOTAL: 'llm.cost.total',
  AGENT_NAME: 'agent.name',
  INPUT_MESSAGES: 'llm.input_messages.',
  OUTPUT_MESSAGES: 'llm.output_messages.',
} as const;

/** The Vercel AI SDK's own names, beside which its later versions write the GenAI conventions' too. */
export const VercelAttr = {
  OPERATION_ID: 'ai.operationId',
  MODEL_PROVIDER: 'ai.model.provider',
  MODEL_ID: 'ai.model.id',
  RESPONSE_MODEL: 'ai.response.model',
  INPUT_TOKENS: 'ai.usage.inputTokens',
  PROMPT_TOKENS: 'ai.usage.promptTokens',
  EMBEDDING_TOKENS: 'ai.usage.tokens',
  OUTPUT_TOKENS: 'ai.usage.outputTokens',
  COMPLETION_TOKENS: 'ai.usage.completionTokens',
  CACHE_READ: 'ai.usage.inputTokenDetails.cacheReadTokens',
  CACHED_INPUT_TOKENS: 'ai.usage.cachedInputTokens',
  CACHE_WRITE: 'ai.usage.inputTokenDetails.cacheWriteTokens',
  REASONING_DETAIL: 'ai.usage.outputTokenDetails.reasoningTokens',
  REASONING_TOKENS: 'ai.usage.reasoningTokens',
  SESSION_ID: 'ai.telemetry.metadata.sessionId',
  USER_ID: 'ai.telemetry.metadata.userId',
} as const;
