/** Any value JSON can hold. Attribute values are stored in this form. */
export type JsonValue = string | number | boolean | null | JsonValue[] | { [key: string]: JsonValue };

/** A plain map of attributes, as it is stored and queried. */
export type AttributeMap = Record<string, JsonValue>;

/**
 * The OTLP type of every attribute whose type JSON cannot tell, so that a span leaves as it came:
 * `int` a 64-bit integer beyond ±(2^53−1), stored as a decimal string; `double` a double with an integral value
 * or NaN/±Infinity (stored as strings); `bytes` binary, stored as base64. Keys are attribute names; inside arrays
 * and maps a JSON pointer is appended (`weights/0`). Each step, the name included, has `~` and `/` escaped as `~0`
 * and `~1`, as in JSON pointers. Absent where there is nothing to say.
 */
export type AttributeTypes = Record<string, 'int' | 'double' | 'bytes'>;

/** OTLP span kind: 0 unspecified, 1 internal, 2 server, 3 client, 4 producer, 5 consumer. */
export type SpanKindNumber = 0 | 1 | 2 | 3 | 4 | 5;

/** OTLP status: 0 unset, 1 ok, 2 error. */
export type SpanStatusNumber = 0 | 1 | 2;

/** What kind of AgentOps event a span is. `actions` covers actions, tasks and guardrails. */
export type EventType = 'actions' | 'llms' | 'tools' | 'errors';

/** A timed annotation of a span, such as a recorded exception. */
export interface SpanEventRow {
  name: string;
  /** ns since the epoch, as a decimal string: JSON numbers lose digits above 2^53. */
  time: string;
  attributes: AttributeMap;
  types?: AttributeTypes;
  dropped?: number;
}

/** A pointer from a span to a span of this or another trace. */
export interface SpanLinkRow {
  trace_id: string;
  span_id: string;
  trace_state: string;
  flags: number;
  attributes: AttributeMap;
  types?: AttributeTypes;
  dropped?: number;
}

/**
 * One span as the store keeps it: the OTLP fields, then the columns promoted from its attributes after every
 * dialect has been brought to one set of names. Times are ns since the epoch.
 */
export interface SpanRow {
  /** 32 lower-case hex digits. */
  trace_id: string;
  /** 16 lower-case hex digits. */
  span_id: string;
  parent_span_id: string | null;
  trace_state: string;
  flags: number;
  operation_name: string;
  kind: SpanKindNumber;
  start_time: bigint;
  /** Null while the span is unfinished (a live snapshot). */
  end_time: bigint | null;
  status: SpanStatusNumber;
  status_message: string;

  /** `session.id` where the span carries one, else the trace id in UUID form. */
  session_id: string;
  service_name: string;
  /** `agentops.span.kind`: session, agent, workflow, task, tool, guardrail, action, llm, … Null for foreign spans. */
  span_kind: string | null;
  event_type: EventType | null;
  agent_id: string | null;
  agent_name: string | null;
  provider: string | null;
  /** The model that answered, else the model asked for. */
  model: string | null;
  /** Includes cached tokens. */
  input_tokens: number | null;
  output_tokens: number | null;
  cache_read_tokens: number | null;
  cache_write_tokens: number | null;
  reasoning_tokens: number | null;
  /** USD. Null when unknown, never 0 for unknown. */
  cost: number | null;
  user_id: string | null;
  conversation_id: string | null;

  scope_name: string;
  scope_version: string;
  attributes: AttributeMap;
  resource: AttributeMap;
  events: SpanEventRow[];
  links: SpanLinkRow[];
  /** Types JSON cannot tell, of `attributes` and of `resource`; null where there are none. */
  types: { attributes?: AttributeTypes; resource?: AttributeTypes } | null;
  /** Counts of what the sender's limits dropped; null where nothing was. */
  dropped: { attributes?: number; events?: number; links?: number } | null;
}

/** A span the receiver could not take, with what its sender needs to find it. */
export interface RejectedSpan {
  trace_id: string;
  span_id: string;
  reason: string;
}

/** A span that can never be stored, with all that is known of it: not for the store, but for whoever wants to see what it was. */
export interface UnstorableSpan extends RejectedSpan {
  /** Its ids and times may be anything. Undefined where it could not be read. */
  row?: SpanRow | undefined;
}

/** What a decoded OTLP request holds. */
export interface DecodedSpans {
  rows: SpanRow[];
  rejected: UnstorableSpan[];
}
