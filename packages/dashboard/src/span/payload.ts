import type { SpanDocument } from '@agentops/server/api';
import type { AttributeValue } from '../format/json.ts';
import {
  INPUT,
  INPUT_MESSAGES,
  OUTPUT,
  OUTPUT_MESSAGES,
  TOOL_CALL_ARGUMENTS,
  TOOL_CALL_RESULT,
} from '../semconv.ts';

/** What went into an operation and what came out of it; null where it was not captured. */
export interface Payload {
  readonly input: AttributeValue;
  readonly output: AttributeValue;
}

const INPUTS = [TOOL_CALL_ARGUMENTS, INPUT, INPUT_MESSAGES];
const OUTPUTS = [TOOL_CALL_RESULT, OUTPUT, OUTPUT_MESSAGES];

/** Input and output of a tool, an agent or any other operation: the most specific attribute that is there wins. */
export function payloadOf(attributes: SpanDocument['attributes']): Payload {
  return { input: first(attributes, INPUTS), output: first(attributes, OUTPUTS) };
}

function first(attributes: SpanDocument['attributes'], names: readonly string[]): AttributeValue {
  return names.map((name) => attributes[name]).find((value) => value !== undefined && value !== null) ?? null;
}
