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

/**
 * Stores `$2`, a JSON array of rows, for project `$1`. A stored row gives way while it is unfinished and stays as it
 * is from then on, so that a span sent twice, or a late live snapshot, changes nothing.
 */
export const UPSERT_SPANS = `
  INSERT INTO agentops.spans AS stored (project_id, ${names.join(', ')})
  SELECT $1::text, ${names.join(', ')}
  FROM jsonb_to_recordset($2::jsonb) AS row(${Object.entries(COLUMNS)
    .map(([name, type]) => `${name} ${type}`)
    .join(', ')})
  ON CONFLICT (project_id, ${KEY.join(', ')}) DO UPDATE
  SET ${replaced.map((name) => `${name} = excluded.${name}`).join(', ')}
  WHERE stored.end_time IS NULL`;

/** Adds the marks of `$2`, a JSON array, for project `$1`. */
export const ADD_MARKS = `
  INSERT INTO agentops.dirty_traces (project_id, trace_id, session_id, first_day, last_day)
  SELECT $1::text, trace_id, session_id, first_day, last_day
  FROM jsonb_to_recordset($2::jsonb) AS mark(trace_id text, session_id text, first_day date, last_day date)`;
