import { randomBytes, randomUUID } from 'node:crypto';
import type { SpanRow } from '@agentops/otlp';

/** The moment the spans of these tests begin: noon, far from any midnight. */
export const NOON = Date.UTC(2026, 10, 21, 12);

/** ns since the epoch of a moment in ms. */
export const ns = (ms: number): bigint => BigInt(ms) * 1_000_000n;

/** A trace id that is a UUIDv7 made at `ms`, as the SDK makes them. */
export function traceIdAt(ms: number): string {
  const random = randomBytes(10).toString('hex');
  return `${ms.toString(16).padStart(12, '0')}7${random.slice(0, 3)}8${random.slice(3, 18)}`;
}

/** A trace id of another instrumentation: 128 random bits, never a UUIDv7. */
export const foreignTraceId = (): string =>
  `f${randomBytes(16).toString('hex').slice(1, 12)}0${randomBytes(10).toString('hex').slice(0, 19)}`;

/** The session id of a span that names none. */
export const sessionIdOf = (traceId: string): string =>
  traceId.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');

export const newSpanId = (): string => randomBytes(8).toString('hex');

/** A project nobody else writes to. */
export const newProject = (): string => `project-${randomUUID()}`;

/** A finished span that says nothing, but for what `fields` say. */
export function aSpan(fields: Partial<SpanRow> = {}): SpanRow {
  const trace_id = fields.trace_id ?? traceIdAt(NOON);
  const start_time = fields.start_time ?? ns(NOON);
  return {
    trace_id,
    span_id: newSpanId(),
    parent_span_id: null,
    trace_state: '',
    flags: 1,
    operation_name: 'work',
    kind: 1,
    start_time,
    end_time: start_time + ns(1_000),
    status: 0,
    status_message: '',
    session_id: sessionIdOf(trace_id),
    service_name: 'tests',
    span_kind: null,
    event_type: null,
    agent_id: null,
    agent_name: null,
    provider: null,
    model: null,
    input_tokens: null,
    output_tokens: null,
    cache_read_tokens: null,
    cache_write_tokens: null,
    reasoning_tokens: null,
    cost: null,
    user_id: null,
    conversation_id: null,
    scope_name: 'tests',
    scope_version: '',
    attributes: {},
    resource: {},
    events: [],
    links: [],
    types: null,
    dropped: null,
    ...fields,
  };
}

/** The root span of a session of the SDK. */
export function aSessionSpan(fields: Partial<SpanRow> = {}): SpanRow {
  return aSpan({
    operation_name: 'session',
    span_kind: 'session',
    ...fields,
    attributes: { 'agentops.span.kind': 'session', ...fields.attributes },
  });
}

/** An LLM call below `parent`. */
export function anLlmSpan(parent: SpanRow, fields: Partial<SpanRow> = {}): SpanRow {
  return aSpan({
    trace_id: parent.trace_id,
    parent_span_id: parent.span_id,
    start_time: parent.start_time + 1n,
    span_kind: 'llm',
    event_type: 'llms',
    model: 'gpt-5',
    ...fields,
    attributes: { 'agentops.span.kind': 'llm', ...fields.attributes },
  });
}
