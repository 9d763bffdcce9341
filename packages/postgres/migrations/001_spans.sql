-- One row a span, as OTLP carries it, with the attributes that are asked for most promoted to columns.
-- Times are ns since the epoch. `day` is the day of the trace, not of the span: one trace, one partition.
-- Identifiers are compared by byte (COLLATE "C"): faster, and the same order on every machine.
CREATE TABLE agentops.spans (
  project_id text COLLATE "C" NOT NULL,
  trace_id text COLLATE "C" NOT NULL,
  span_id text COLLATE "C" NOT NULL,
  day date NOT NULL,
  parent_span_id text COLLATE "C",
  session_id text COLLATE "C" NOT NULL,
  operation_name text NOT NULL,
  kind smallint NOT NULL,
  start_time bigint NOT NULL,
  -- Null while the span is unfinished: such a row may still be replaced, a finished one never is.
  end_time bigint,
  status smallint NOT NULL,
  status_message text NOT NULL,
  service_name text NOT NULL,
  span_kind text,
  event_type text,
  agent_id text COLLATE "C",
  agent_name text COLLATE "C",
  provider text,
  model text COLLATE "C",
  input_tokens bigint,
  output_tokens bigint,
  cache_read_tokens bigint,
  cache_write_tokens bigint,
  reasoning_tokens bigint,
  -- USD. Numeric, so that sums are exact.
  cost numeric,
  user_id text COLLATE "C",
  conversation_id text COLLATE "C",
  scope_name text NOT NULL,
  scope_version text NOT NULL,
  trace_state text NOT NULL,
  flags bigint NOT NULL,
  attributes jsonb NOT NULL,
  resource jsonb NOT NULL,
  events jsonb NOT NULL,
  links jsonb NOT NULL,
  -- The OTLP types of attribute values that JSON cannot tell apart.
  types jsonb,
  -- How many attributes, events and links the sender's limits dropped.
  dropped jsonb,
  ingested_at timestamptz NOT NULL DEFAULT now(),
  -- Finds a span and, by its first two columns, all spans of a trace: every read of the store goes this way.
  PRIMARY KEY (project_id, trace_id, span_id, day)
) PARTITION BY RANGE (day);

-- The spans of a stretch of time, for those who ask in SQL ("errors of the last hour").
CREATE INDEX spans_by_time ON agentops.spans (project_id, start_time);
