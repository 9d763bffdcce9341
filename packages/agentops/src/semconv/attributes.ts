/**
 * Every attribute name the SDK writes, in one place. GenAI names follow the OpenTelemetry GenAI semantic conventions
 * ("Development" status: the current names are written); names under `agentops.` and `event.` are ours.
 */

export const ATTR_SERVICE_NAME = 'service.name';
export const ATTR_SERVICE_VERSION = 'service.version';
export const ATTR_DEPLOYMENT_ENVIRONMENT_NAME = 'deployment.environment.name';
export const ATTR_HOST_ARCH = 'host.arch';
export const ATTR_HOST_CPU_COUNT = 'host.cpu.count';
/** Bytes. */
export const ATTR_HOST_MEMORY = 'host.memory.bytes';
export const ATTR_OS_TYPE = 'os.type';
export const ATTR_OS_VERSION = 'os.version';
export const ATTR_PROCESS_PID = 'process.pid';
export const ATTR_PROCESS_RUNTIME_NAME = 'process.runtime.name';
export const ATTR_PROCESS_RUNTIME_VERSION = 'process.runtime.version';
export const ATTR_SESSION_ID = 'session.id';
export const ATTR_USER_ID = 'user.id';
export const ATTR_ERROR_TYPE = 'error.type';
export const ATTR_EXCEPTION_TYPE = 'exception.type';
export const ATTR_EXCEPTION_MESSAGE = 'exception.message';
export const ATTR_EXCEPTION_STACKTRACE = 'exception.stacktrace';
export const ATTR_SERVER_ADDRESS = 'server.address';
export const ATTR_SERVER_PORT = 'server.port';
export const ATTR_HTTP_REQUEST_METHOD = 'http.request.method';
export const ATTR_HTTP_REQUEST_METHOD_ORIGINAL = 'http.request.method_original';
export const ATTR_HTTP_RESPONSE_STATUS_CODE = 'http.response.status_code';
export const ATTR_HTTP_ROUTE = 'http.route';
export const ATTR_URL_FULL = 'url.full';
export const ATTR_URL_PATH = 'url.path';
export const ATTR_URL_SCHEME = 'url.scheme';
export const ATTR_URL_TEMPLATE = 'url.template';
export const ATTR_USER_AGENT_ORIGINAL = 'user_agent.original';

export const ATTR_AGENTOPS_VERSION = 'agentops.version';
export const ATTR_AGENTOPS_SPAN_KIND = 'agentops.span.kind';
/** True on a snapshot of a span that had not ended, and only there. */
export const ATTR_AGENTOPS_IN_FLIGHT = 'agentops.in_flight';
/** On snapshots of a session's root: the milliseconds until the next. After three that did not come, the session is lost. */
export const ATTR_AGENTOPS_LIVE_INTERVAL = 'agentops.live.interval';
/** On the root of a session that was kept though it was not sampled: `error`, `duration` or `cost`. */
export const ATTR_AGENTOPS_SAMPLING_KEPT = 'agentops.sampling.kept';
export const ATTR_AGENTOPS_INPUT = 'agentops.input';
export const ATTR_AGENTOPS_OUTPUT = 'agentops.output';
export const ATTR_AGENTOPS_STREAM_TRUNCATED = 'agentops.stream.truncated';
/** USD, as the next two. */
export const ATTR_AGENTOPS_COST_INPUT = 'agentops.cost.input';
export const ATTR_AGENTOPS_COST_OUTPUT = 'agentops.cost.output';
export const ATTR_AGENTOPS_COST_TOTAL = 'agentops.cost.total';

/** Entries of baggage, not attributes. */
export const BAGGAGE_SESSION_ID = 'agentops.session.id';
export const BAGGAGE_AGENT_ID = 'agentops.agent.id';

export const ATTR_SESSION_NAME = 'agentops.session.name';
export const ATTR_SESSION_TAGS = 'agentops.session.tags';
export const ATTR_SESSION_END_STATE = 'agentops.session.end_state';
export const ATTR_SESSION_END_STATE_REASON = 'agentops.session.end_state_reason';
/** Followed by the user's own key. */
export const ATTR_SESSION_METADATA_PREFIX = 'agentops.session.metadata.';
/** Followed by one of the counts of `SessionTelemetryData`. */
export const ATTR_SESSION_COUNT_PREFIX = 'agentops.session.count.';
/** Followed by one of the token totals of `SessionTelemetryData`. */
export const ATTR_SESSION_TOKENS_PREFIX = 'agentops.session.tokens.';
export const ATTR_SESSION_COST = 'agentops.session.cost';
/** On an agent's span, for it and its sub-agents; followed by one of the token totals as above. */
export const ATTR_AGENT_TOKENS_PREFIX = 'agentops.agent.tokens.';
/** USD; likewise. */
export const ATTR_AGENT_COST = 'agentops.agent.cost';

export const ATTR_EVENT_ID = 'event.id';
export const ATTR_EVENT_TYPE = 'event.type';
export const ATTR_EVENT_TIMESTAMP = 'event.timestamp';
export const ATTR_EVENT_END_TIMESTAMP = 'event.end_timestamp';
export const ATTR_EVENT_DATA = 'event.data';

export const ATTR_GEN_AI_OPERATION_NAME = 'gen_ai.operation.name';
export const ATTR_GEN_AI_PROVIDER_NAME = 'gen_ai.provider.name';
/** The older name of the same, which other libraries still write. */
export const ATTR_GEN_AI_SYSTEM = 'gen_ai.system';
export const ATTR_GEN_AI_AGENT_ID = 'gen_ai.agent.id';
export const ATTR_GEN_AI_AGENT_NAME = 'gen_ai.agent.name';
export const ATTR_GEN_AI_AGENT_DESCRIPTION = 'gen_ai.agent.description';
export const ATTR_GEN_AI_WORKFLOW_NAME = 'gen_ai.workflow.name';
export const ATTR_GEN_AI_CONVERSATION_ID = 'gen_ai.conversation.id';
export const ATTR_GEN_AI_OUTPUT_TYPE = 'gen_ai.output.type';

export const ATTR_GEN_AI_REQUEST_MODEL = 'gen_ai.request.model';
export const ATTR_GEN_AI_REQUEST_MAX_TOKENS = 'gen_ai.request.max_tokens';
export const ATTR_GEN_AI_REQUEST_TEMPERATURE = 'gen_ai.request.temperature';
export const ATTR_GEN_AI_REQUEST_TOP_P = 'gen_ai.request.top_p';
export const ATTR_GEN_AI_REQUEST_TOP_K = 'gen_ai.request.top_k';
export const ATTR_GEN_AI_REQUEST_SEED = 'gen_ai.request.seed';
export const ATTR_GEN_AI_REQUEST_STOP_SEQUENCES = 'gen_ai.request.stop_sequences';
export const ATTR_GEN_AI_REQUEST_FREQUENCY_PENALTY = 'gen_ai.request.frequency_penalty';
export const ATTR_GEN_AI_REQUEST_PRESENCE_PENALTY = 'gen_ai.request.presence_penalty';
export const ATTR_GEN_AI_REQUEST_CHOICE_COUNT = 'gen_ai.request.choice.count';
export const ATTR_GEN_AI_REQUEST_ENCODING_FORMATS = 'gen_ai.request.encoding_formats';
export const ATTR_GEN_AI_REQUEST_STREAM = 'gen_ai.request.stream';

export const ATTR_GEN_AI_EMBEDDINGS_DIMENSION_COUNT = 'gen_ai.embeddings.dimension.count';

export const ATTR_GEN_AI_RESPONSE_ID = 'gen_ai.response.id';
export const ATTR_GEN_AI_RESPONSE_MODEL = 'gen_ai.response.model';
export const ATTR_GEN_AI_RESPONSE_FINISH_REASONS = 'gen_ai.response.finish_reasons';
/** Seconds. */
export const ATTR_GEN_AI_RESPONSE_TIME_TO_FIRST_CHUNK = 'gen_ai.response.time_to_first_chunk';
export const ATTR_OPENAI_REQUEST_SERVICE_TIER = 'openai.request.service_tier';
export const ATTR_OPENAI_RESPONSE_SERVICE_TIER = 'openai.response.service_tier';

/** Includes cached tokens. */
export const ATTR_GEN_AI_USAGE_INPUT_TOKENS = 'gen_ai.usage.input_tokens';
export const ATTR_GEN_AI_USAGE_OUTPUT_TOKENS = 'gen_ai.usage.output_tokens';
export const ATTR_GEN_AI_USAGE_CACHE_READ_INPUT_TOKENS = 'gen_ai.usage.cache_read.input_tokens';
export const ATTR_GEN_AI_USAGE_CACHE_WRITE_INPUT_TOKENS = 'gen_ai.usage.cache_write.input_tokens';
/** The former name of `cache_write`, which others still use. */
export const ATTR_GEN_AI_USAGE_CACHE_CREATION_INPUT_TOKENS = 'gen_ai.usage.cache_creation.input_tokens';
export const ATTR_GEN_AI_USAGE_REASONING_OUTPUT_TOKENS = 'gen_ai.usage.reasoning.output_tokens';

export const ATTR_GEN_AI_INPUT_MESSAGES = 'gen_ai.input.messages';
export const ATTR_GEN_AI_OUTPUT_MESSAGES = 'gen_ai.output.messages';
export const ATTR_GEN_AI_SYSTEM_INSTRUCTIONS = 'gen_ai.system_instructions';
export const ATTR_GEN_AI_TOOL_DEFINITIONS = 'gen_ai.tool.definitions';

export const ATTR_MCP_METHOD_NAME = 'mcp.method.name';
export const ATTR_MCP_SESSION_ID = 'mcp.session.id';
export const ATTR_MCP_RESOURCE_URI = 'mcp.resource.uri';
export const ATTR_GEN_AI_PROMPT_NAME = 'gen_ai.prompt.name';
export const ATTR_RPC_RESPONSE_STATUS_CODE = 'rpc.response.status_code';
export const ATTR_RPC_SYSTEM = 'rpc.system';
export const ATTR_RPC_SERVICE = 'rpc.service';
export const ATTR_RPC_METHOD = 'rpc.method';
/** A number, as gRPC has it. */
export const ATTR_RPC_GRPC_STATUS_CODE = 'rpc.grpc.status_code';

export const ATTR_GEN_AI_TOOL_NAME = 'gen_ai.tool.name';
export const ATTR_GEN_AI_TOOL_TYPE = 'gen_ai.tool.type';
export const ATTR_GEN_AI_TOOL_DESCRIPTION = 'gen_ai.tool.description';
export const ATTR_GEN_AI_TOOL_CALL_ID = 'gen_ai.tool.call.id';
export const ATTR_GEN_AI_TOOL_CALL_ARGUMENTS = 'gen_ai.tool.call.arguments';
export const ATTR_GEN_AI_TOOL_CALL_RESULT = 'gen_ai.tool.call.result';
