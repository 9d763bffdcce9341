/**
 * Every attribute and event name this page gives a meaning to. They follow the OpenTelemetry GenAI semantic
 * conventions; `agentops.*` are the project's own. Whatever is not listed here is shown as it came.
 */

export const SYSTEM_INSTRUCTIONS = 'gen_ai.system_instructions';
export const INPUT_MESSAGES = 'gen_ai.input.messages';
export const OUTPUT_MESSAGES = 'gen_ai.output.messages';
export const TOOL_DEFINITIONS = 'gen_ai.tool.definitions';

export const REQUEST_MODEL = 'gen_ai.request.model';
export const RESPONSE_MODEL = 'gen_ai.response.model';
export const FINISH_REASONS = 'gen_ai.response.finish_reasons';
/** Seconds. */
export const TIME_TO_FIRST_CHUNK = 'gen_ai.response.time_to_first_chunk';
/** Parameters of the request share this prefix: `gen_ai.request.temperature`, … */
export const REQUEST_PREFIX = 'gen_ai.request.';

export const TOOL_CALL_ARGUMENTS = 'gen_ai.tool.call.arguments';
export const TOOL_CALL_RESULT = 'gen_ai.tool.call.result';
export const TOOL_CALL_ID = 'gen_ai.tool.call.id';
export const TOOL_DESCRIPTION = 'gen_ai.tool.description';

/** What went into and came out of any other operation. */
export const INPUT = 'agentops.input';
export const OUTPUT = 'agentops.output';
/** True where a stream was left or broke before its end. */
export const STREAM_TRUNCATED = 'agentops.stream.truncated';
/** USD. */
export const COST_INPUT = 'agentops.cost.input';
export const COST_OUTPUT = 'agentops.cost.output';

export const ERROR_TYPE = 'error.type';
export const EXCEPTION_EVENT = 'exception';
export const EXCEPTION_TYPE = 'exception.type';
export const EXCEPTION_MESSAGE = 'exception.message';
export const EXCEPTION_STACKTRACE = 'exception.stacktrace';
