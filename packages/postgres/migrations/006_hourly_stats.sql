-- What each trace adds to each hour (UTC) in which spans of it began, recomputed together with the trace: an hour is
-- then added up from its traces, without reading a span.
CREATE TABLE agentops.trace_hours (
  project_id text COLLATE "C" NOT NULL,
  trace_id text COLLATE "C" NOT NULL,
  hour timestamptz NOT NULL,
  -- [{event_type, service_name, agent_name, model, tool_name, duration_class, …totals}]; what is 0 or unknown is left out.
  parts jsonb NOT NULL,
  PRIMARY KEY (project_id, trace_id, hour)
);

-- The traces of an hour.
CREATE INDEX trace_hours_by_hour ON agentops.trace_hours (project_id, hour);

-- A mark says that an hour is to be added up anew, with its day. As with dirty_traces, marks are only ever added and deleted.
CREATE TABLE agentops.dirty_hours (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  project_id text COLLATE "C" NOT NULL,
  hour timestamptz NOT NULL
) WITH (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 2000);

-- The charts: spans by the hour in which they began. All rows of an hour are replaced at once.
CREATE TABLE agentops.hourly_stats (
  project_id text COLLATE "C" NOT NULL,
  hour timestamptz NOT NULL,
  -- Empty where the spans have none. The first 200 characters.
  event_type text COLLATE "C" NOT NULL,
  service_name text COLLATE "C" NOT NULL,
  agent_name text COLLATE "C" NOT NULL,
  model text COLLATE "C" NOT NULL,
  tool_name text COLLATE "C" NOT NULL,
  -- Traces whose first span is one of these, and those of them that ended in failure.
  traces bigint NOT NULL,
  failed_traces bigint NOT NULL,
  spans bigint NOT NULL,
  llms bigint NOT NULL,
  tools bigint NOT NULL,
  actions bigint NOT NULL,
  errors bigint NOT NULL,
  input_tokens numeric NOT NULL,
  output_tokens numeric NOT NULL,
  cache_read_tokens numeric NOT NULL,
  cache_write_tokens numeric NOT NULL,
  reasoning_tokens numeric NOT NULL,
  cost numeric,
  -- How long finished LLM calls and tools took: ns in all, and how many there are of each class. Class c is from
  -- 2^(c/2) µs up to 2^((c+1)/2) µs; 0 is everything below as well. Quantiles come from adding classes up.
  duration numeric NOT NULL,
  duration_classes smallint[] NOT NULL,
  duration_counts bigint[] NOT NULL
);

-- The same by day (UTC), added up from the hours: a chart over a month reads a twentieth.
CREATE TABLE agentops.daily_stats (LIKE agentops.hourly_stats);
ALTER TABLE agentops.daily_stats RENAME COLUMN hour TO day;
CREATE INDEX daily_stats_by_day ON agentops.daily_stats (project_id, day);

-- A stretch of time of a project, which is how all charts begin. Not unique: a project's key of six texts would be as
-- large as the row, and an hour is replaced as a whole under a lock.
CREATE INDEX hourly_stats_by_hour ON agentops.hourly_stats (project_id, hour);

-- What is stored already is added up in the background: every trace is marked.
INSERT INTO agentops.dirty_traces (project_id, trace_id, session_id, first_day, last_day)
SELECT project_id, trace_id, coalesce(session_id, ''), first_day, last_day FROM agentops.traces;

COMMENT ON TABLE agentops.hourly_stats IS 'Counts, tokens, cost and durations by hour and by event type, service, agent,
model and tool; brought up to date some seconds after the spans. Sum over the dimensions you do not ask for.';
