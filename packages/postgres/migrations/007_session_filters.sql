-- Indexes for the filters of the session list. Each ends with the order of the list, so that a page is read from the
-- index and no more; those for words (tags, models, names) find the sessions, which are then sorted. Texts are cut at 200
-- characters in them (an index refuses longer ones than about 2,700 bytes, which would stop the roll-up); queries
-- compare the whole text as well. None has a column that changes while a session runs, but for its end and first
-- error, so that most roll-ups of a session touch no index at all.

CREATE INDEX sessions_failing ON agentops.sessions (project_id, start_time DESC, session_id DESC) WHERE errors > 0;
CREATE INDEX sessions_running ON agentops.sessions (project_id, start_time DESC, session_id DESC)
  WHERE end_state IS NULL;
CREATE INDEX sessions_unsuccessful ON agentops.sessions (project_id, end_state, start_time DESC, session_id DESC)
  WHERE end_state <> 'Success';
CREATE INDEX sessions_by_service
  ON agentops.sessions (project_id, left(service_name, 200), start_time DESC, session_id DESC);
CREATE INDEX sessions_by_user
  ON agentops.sessions (project_id, left(user_id, 200), start_time DESC, session_id DESC) WHERE user_id IS NOT NULL;

-- Texts as keys of an index.
CREATE FUNCTION agentops.keys_of(texts text[]) RETURNS text[]
LANGUAGE sql IMMUTABLE PARALLEL SAFE COST 100
RETURN ARRAY(SELECT left(text, 200) FROM unnest(texts) AS text);

-- All runs of three characters: a text that contains another has all of its runs. The extension pg_trgm does the same, faster, but
-- not every database has it. COST is near what was measured, so that the planner prefers the index to a look at many rows.
CREATE FUNCTION agentops.trigrams_of(text) RETURNS text[]
LANGUAGE sql IMMUTABLE PARALLEL SAFE COST 2000
RETURN ARRAY(SELECT DISTINCT substr($1, start, 3) FROM generate_series(1, length($1) - 2) AS start);

-- One GIN index answers for each of its columns as well as three would. Its list of pending entries, which every search
-- reads, is kept short.
CREATE INDEX sessions_by_words ON agentops.sessions USING gin (
  agentops.keys_of(tags), agentops.keys_of(models), agentops.trigrams_of(lower(left(name, 1000)) COLLATE "C")
) WITH (gin_pending_list_limit = 256);

-- Room for the next version of a row beside it, which spares the indexes.
ALTER TABLE agentops.sessions SET (fillfactor = 85);
ALTER TABLE agentops.traces SET (fillfactor = 85);
