-- When a running session is to be taken for lost: three of its heartbeats have not come by then. Null where the session
-- has ended, or its sender shows no running spans. Recomputed with the trace.
ALTER TABLE agentops.traces ADD COLUMN lost_at timestamptz;

-- What is running and sends heartbeats, soonest lost first. A few rows, which the sessions that end leave.
CREATE INDEX traces_live ON agentops.traces (lost_at) WHERE end_state IS NULL AND lost_at IS NOT NULL;
