-- Spans that can never be stored, for whoever wants to know what they were. One row a span, the latest refusal.
CREATE TABLE agentops.rejected_spans (
  project_id text COLLATE "C" NOT NULL,
  -- As the sender wrote them, which may be why the span is here.
  trace_id text COLLATE "C" NOT NULL,
  span_id text COLLATE "C" NOT NULL,
  -- Whose span it is, so that what is kept of a user can be found and erased.
  user_id text COLLATE "C",
  reason text NOT NULL,
  -- The row as JSON. Text, because it may hold what jsonb refuses; null where it was too large to keep.
  payload text,
  rejected_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (project_id, trace_id, span_id)
);
