import type { SpanRow } from '@agentops/otlp';

/** The columns of `spans` that a row brings, with their types; the writer's SQL is made from this table. */
const COLUMNS = {
  trace_id: 'text',
  span_id: 'text',
  day: 'date',
  parent_span_id: 'text',
  session_id: 'text',
  operation_name: 'text',
  kind: 'smallint',
  start_time: 'bigint',
  end_time: 'bigint',
  status: 'smallint',
  status_message: 'text',
  service_name: 'text',
  span_kind: 'text',
  event_type: 'text',
  agent_id: 'text',
  agent_name: 'text',
  provider: 'text',
  model: 'text',
  input_tokens: 'bigint',
  output_tokens: 'bigint',
  cache_read_tokens: 'bigint',
  cache_write_tokens: 'bigint',
  reasoning_tokens: 'bigint',
  cost: 'numeric',
  user_id: 'text',
  conversation_id: 'text',
  scope_name: 'text',
  scope_version: 'text',
  trace_state: 'text',
  flags: 'bigint',
  attributes: 'jsonb',
  resource: 'jsonb',
  events: 'jsonb',
  links: 'jsonb',
  types: 'jsonb',
  dropped: 'jsonb',
} satisfies Record<keyof SpanRow | 'day', string>;

const KEY = ['trace_id', 'span_id', 'day'];
const names = Object.keys(COLUMNS);
const replaced = [...names.filter((name) => !KEY.includes(name)), 'ingested_at'];

const written = `project_id, ${names.join(', ')}`;

/** Which columns the rows of a COPY have: all, or all but those that stay empty in rows without events and links. */
export type Shape = 'full' | 'bare';

/** What `spans` puts by itself into rows that do not bring it. */
const ANNOTATIONS = ['events', 'links'];

const copied: Record<Shape, readonly string[]> = {
  full: ['project_id', ...names],
  bare: ['project_id', ...names.filter((name) => !ANNOTATIONS.includes(name))],
};

/** How many fields a row of a shape has. */
export const fieldsOf = (shape: Shape): number => copied[shape].length;

/** Adds rows, in the binary format of COPY; fails as a whole where one of them is stored already. */
export const copySpans = (shape: Shape): string =>
  `COPY agentops.spans (${copied[shape].join(', ')}) FROM STDIN (FORMAT binary)`;

/** Makes the table that holds the rows of `UPSERT_SPANS` until the end of the transaction, where it is missing. */
export const MAKE_INCOMING = `
  CREATE TEMPORARY TABLE IF NOT EXISTS incoming_spans (LIKE agentops.spans INCLUDING DEFAULTS) ON COMMIT DELETE ROWS`;

/** Fills that table. */
export const copyIncoming = (shape: Shape): string =>
  `COPY pg_temp.incoming_spans (${copied[shape].join(', ')}) FROM STDIN (FORMAT binary)`;

/**
 * Stores what that table holds. A stored row gives way while it is unfinished and stays as it is from then on, so that a
 * span sent twice, or a late live snapshot, changes nothing. In the order of the key: writers that lock the same rows in
 * the same order cannot deadlock.
 */
export const UPSERT_SPANS = `
  INSERT INTO agentops.spans AS stored (${written})
  SELECT ${written} FROM pg_temp.incoming_spans ORDER BY ${KEY.join(', ')}
  ON CONFLICT (project_id, ${KEY.join(', ')}) DO UPDATE
  SET ${replaced.map((name) => `${name} = excluded.${name}`).join(', ')}
  WHERE stored.end_time IS NULL`;

/** Adds the marks of `$2`, a JSON array, for project `$1`. */
export const ADD_MARKS = `
  INSERT INTO agentops.dirty_traces (project_id, trace_id, session_id, first_day, last_day)
  SELECT $1::text, trace_id, session_id, first_day, last_day
  FROM jsonb_to_recordset($2::jsonb) AS mark(trace_id text, session_id text, first_day date, last_day date)`;

/** Keeps the rows of `$2`, a JSON array, which can never be stored, for project `$1`. One that comes again is one row. */
export const SET_ASIDE = `
  INSERT INTO agentops.rejected_spans (project_id, trace_id, span_id, user_id, reason, payload)
  SELECT $1::text, trace_id, span_id, user_id, reason, payload
  FROM jsonb_to_recordset($2::jsonb) AS rejected(trace_id text, span_id text, user_id text, reason text, payload text)
  ORDER BY trace_id, span_id
  ON CONFLICT (project_id, trace_id, span_id) DO UPDATE
  SET user_id = excluded.user_id, reason = excluded.reason, payload = excluded.payload, rejected_at = excluded.rejected_at`;
