-- A mark says that spans of a trace were written and its totals are to be computed anew. Marks are only ever added
-- and deleted, so writers never wait for each other here; deleting one and recomputing its trace is one transaction.
CREATE TABLE agentops.dirty_traces (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  project_id text COLLATE "C" NOT NULL,
  trace_id text COLLATE "C" NOT NULL,
  session_id text COLLATE "C" NOT NULL,
  first_day date NOT NULL,
  last_day date NOT NULL,
  since timestamptz NOT NULL DEFAULT now()
) WITH (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 2000);

-- One row a trace, recomputed from its spans. The days bound the partitions they are in.
CREATE TABLE agentops.traces (
  project_id text COLLATE "C" NOT NULL,
  trace_id text COLLATE "C" NOT NULL,
  first_day date NOT NULL,
  last_day date NOT NULL,
  session_id text COLLATE "C",
  name text,
  service_name text NOT NULL DEFAULT '',
  environment text,
  start_time bigint NOT NULL DEFAULT 0,
  -- The end of the root, null while it runs.
  end_time bigint,
  -- The latest start or end of any span so far.
  last_time bigint NOT NULL DEFAULT 0,
  end_state text,
  end_state_reason text,
  spans bigint NOT NULL DEFAULT 0,
  llms bigint NOT NULL DEFAULT 0,
  tools bigint NOT NULL DEFAULT 0,
  actions bigint NOT NULL DEFAULT 0,
  errors bigint NOT NULL DEFAULT 0,
  input_tokens numeric NOT NULL DEFAULT 0,
  output_tokens numeric NOT NULL DEFAULT 0,
  cache_read_tokens numeric NOT NULL DEFAULT 0,
  cache_write_tokens numeric NOT NULL DEFAULT 0,
  reasoning_tokens numeric NOT NULL DEFAULT 0,
  cost numeric,
  -- The same totals by agent.
  agents jsonb NOT NULL DEFAULT '[]',
  models text[] COLLATE "C" NOT NULL DEFAULT '{}',
  tags text[] COLLATE "C" NOT NULL DEFAULT '{}',
  user_id text COLLATE "C",
  conversation_id text COLLATE "C",
  metadata jsonb NOT NULL DEFAULT '{}',
  resource jsonb NOT NULL DEFAULT '{}',
  PRIMARY KEY (project_id, trace_id)
);

-- The traces of a session: a session of another instrumentation may have many.
CREATE INDEX traces_by_session ON agentops.traces (project_id, session_id);

-- One row a session, recomputed from its traces.
CREATE TABLE agentops.sessions (
  project_id text COLLATE "C" NOT NULL,
  session_id text COLLATE "C" NOT NULL,
  -- Null for a session of several traces.
  trace_id text COLLATE "C",
  name text,
  service_name text NOT NULL DEFAULT '',
  environment text,
  start_time bigint NOT NULL DEFAULT 0,
  end_time bigint,
  last_time bigint NOT NULL DEFAULT 0,
  end_state text,
  end_state_reason text,
  agents bigint NOT NULL DEFAULT 0,
  spans bigint NOT NULL DEFAULT 0,
  llms bigint NOT NULL DEFAULT 0,
  tools bigint NOT NULL DEFAULT 0,
  actions bigint NOT NULL DEFAULT 0,
  errors bigint NOT NULL DEFAULT 0,
  input_tokens numeric NOT NULL DEFAULT 0,
  output_tokens numeric NOT NULL DEFAULT 0,
  cache_read_tokens numeric NOT NULL DEFAULT 0,
  cache_write_tokens numeric NOT NULL DEFAULT 0,
  reasoning_tokens numeric NOT NULL DEFAULT 0,
  cost numeric,
  models text[] COLLATE "C" NOT NULL DEFAULT '{}',
  tags text[] COLLATE "C" NOT NULL DEFAULT '{}',
  user_id text COLLATE "C",
  conversation_id text COLLATE "C",
  metadata jsonb NOT NULL DEFAULT '{}',
  resource jsonb NOT NULL DEFAULT '{}',
  PRIMARY KEY (project_id, session_id)
);

-- The list of sessions, newest first, page after page.
CREATE INDEX sessions_by_time ON agentops.sessions (project_id, start_time DESC, session_id DESC);
