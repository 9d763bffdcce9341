-- For those who ask in SQL: readable times, one row for what they ask about. Times are in the time zone of the session,
-- to the microsecond; the tables keep the nanoseconds.

CREATE FUNCTION agentops.time_of(ns bigint) RETURNS timestamptz
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN to_timestamp(ns / 1e9::float8);

-- Sessions as they were last rolled up.
CREATE VIEW agentops.session_summary AS
SELECT project_id, session_id, trace_id, name, service_name, environment,
  agentops.time_of(start_time) AS started_at, agentops.time_of(end_time) AS ended_at,
  (coalesce(end_time, last_time) - start_time) / 1e6::float8 AS duration_ms,
  end_state, end_state_reason, agents, spans, llms, tools, actions, errors,
  input_tokens, output_tokens, input_tokens + output_tokens AS total_tokens,
  cache_read_tokens, cache_write_tokens, reasoning_tokens, cost, models, tags, user_id, conversation_id, metadata, resource
FROM agentops.sessions AS sessions;

-- Calls of language models. A framework's span above a call of its own is here too: sum usage over session_summary.
CREATE VIEW agentops.llm_calls AS
SELECT project_id, session_id, trace_id, span_id, parent_span_id, day, agentops.time_of(start_time) AS started_at,
  agentops.time_of(end_time) AS ended_at, (end_time - start_time) / 1e6::float8 AS duration_ms,
  operation_name, service_name, agent_id, agent_name, provider, model,
  input_tokens, output_tokens, cache_read_tokens, cache_write_tokens, reasoning_tokens, cost,
  status = 2 AS failed, status_message, attributes->>'error.type' AS error_type, user_id, conversation_id,
  attributes->>'gen_ai.input.messages' AS input_messages, attributes->>'gen_ai.output.messages' AS output_messages,
  attributes
FROM agentops.spans AS spans WHERE event_type = 'llms';

CREATE VIEW agentops.tool_calls AS
SELECT project_id, session_id, trace_id, span_id, parent_span_id, day, agentops.time_of(start_time) AS started_at,
  agentops.time_of(end_time) AS ended_at, (end_time - start_time) / 1e6::float8 AS duration_ms,
  coalesce(attributes->>'gen_ai.tool.name', operation_name) AS tool_name, attributes->>'gen_ai.tool.call.id' AS call_id,
  service_name, agent_id, agent_name, status = 2 AS failed, status_message, attributes->>'error.type' AS error_type,
  user_id, conversation_id, attributes->>'gen_ai.tool.call.arguments' AS arguments,
  attributes->>'gen_ai.tool.call.result' AS result, attributes
FROM agentops.spans AS spans WHERE event_type = 'tools';

-- Every span that failed or says that something did, with the exception it recorded, if any. A failure that was passed on
-- is here once for each span it passed.
CREATE VIEW agentops.errors AS
SELECT project_id, session_id, trace_id, span_id, parent_span_id, day, agentops.time_of(start_time) AS started_at,
  operation_name, span_kind, event_type, service_name, agent_id, agent_name, provider, model, status_message,
  coalesce(attributes->>'error.type', exception->>'exception.type') AS error_type,
  exception->>'exception.message' AS exception_message, exception->>'exception.stacktrace' AS exception_stacktrace,
  user_id, conversation_id, attributes
FROM agentops.spans AS spans
LEFT JOIN LATERAL (
  SELECT event->'attributes' AS exception FROM jsonb_array_elements(events) AS event
  WHERE event->>'name' = 'exception' LIMIT 1
) AS recorded ON true
WHERE status = 2 OR event_type = 'errors';

-- A map as an array of {key, value}: names of attributes have dots, which are awkward to address.
CREATE FUNCTION agentops.pairs_of(map jsonb) RETURNS jsonb
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN (SELECT coalesce(jsonb_agg(jsonb_build_object('key', key, 'value', value) ORDER BY key COLLATE "C"), '[]')
  FROM jsonb_each(map));

-- One session as one JSON object with all its spans by start time, for jq and the like: keys are identifiers and always
-- there (null where unknown), nanoseconds are texts, because JSON's numbers lose digits, maps are arrays of {key, value}.
-- The trace may be given as its 32 hex digits or as the UUID. Null where there is none.
CREATE FUNCTION agentops.session_document(of_trace text, of_project text DEFAULT 'default') RETURNS jsonb
LANGUAGE sql STABLE PARALLEL SAFE
RETURN (
  SELECT jsonb_build_object(
    'project_id', session.project_id, 'session_id', session.session_id, 'trace_id', trace.trace_id,
    'name', session.name, 'service_name', session.service_name, 'environment', session.environment,
    'end_state', session.end_state, 'end_state_reason', session.end_state_reason,
    'start_time', session.start_time::text, 'end_time', session.end_time::text,
    'started_at', agentops.time_of(session.start_time), 'ended_at', agentops.time_of(session.end_time),
    'duration_ms', (coalesce(session.end_time, session.last_time) - session.start_time) / 1e6::float8,
    'counts', jsonb_build_object('spans', session.spans, 'agents', session.agents, 'llms', session.llms,
      'tools', session.tools, 'actions', session.actions, 'errors', session.errors),
    'tokens', jsonb_build_object('input', session.input_tokens, 'output', session.output_tokens,
      'cache_read', session.cache_read_tokens, 'cache_write', session.cache_write_tokens,
      'reasoning', session.reasoning_tokens, 'total', session.input_tokens + session.output_tokens),
    'cost', session.cost, 'models', to_jsonb(session.models), 'tags', to_jsonb(session.tags),
    'user_id', session.user_id, 'conversation_id', session.conversation_id,
    'metadata', agentops.pairs_of(session.metadata), 'resource', agentops.pairs_of(session.resource),
    'spans', (
      SELECT coalesce(jsonb_agg(jsonb_build_object(
        'trace_id', span.trace_id, 'span_id', span.span_id, 'parent_span_id', span.parent_span_id,
        'name', span.operation_name, 'kind', span.kind, 'span_kind', span.span_kind, 'event_type', span.event_type,
        'start_time', span.start_time::text, 'end_time', span.end_time::text,
        'started_at', agentops.time_of(span.start_time), 'ended_at', agentops.time_of(span.end_time),
        'status', span.status, 'status_message', span.status_message, 'service_name', span.service_name,
        'agent_id', span.agent_id, 'agent_name', span.agent_name, 'provider', span.provider, 'model', span.model,
        'input_tokens', span.input_tokens, 'output_tokens', span.output_tokens,
        'cache_read_tokens', span.cache_read_tokens, 'cache_write_tokens', span.cache_write_tokens,
        'reasoning_tokens', span.reasoning_tokens, 'cost', span.cost, 'user_id', span.user_id,
        'conversation_id', span.conversation_id, 'scope_name', span.scope_name, 'scope_version', span.scope_version,
        'attributes', agentops.pairs_of(span.attributes), 'events', (
          SELECT coalesce(jsonb_agg(jsonb_build_object('name', event->>'name', 'time', event->>'time',
            'attributes', agentops.pairs_of(event->'attributes')) ORDER BY number), '[]')
          FROM jsonb_array_elements(span.events) WITH ORDINALITY AS of_span(event, number)),
        'links', (
          SELECT coalesce(jsonb_agg(jsonb_build_object('trace_id', link->>'trace_id', 'span_id', link->>'span_id',
            'attributes', agentops.pairs_of(link->'attributes')) ORDER BY number), '[]')
          FROM jsonb_array_elements(span.links) WITH ORDINALITY AS of_span(link, number))
      ) ORDER BY span.start_time, span.span_id), '[]')
      FROM agentops.traces AS member
      -- The days bound the partitions that are looked into.
      JOIN agentops.spans AS span ON span.project_id = member.project_id AND span.trace_id = member.trace_id
        AND span.day BETWEEN member.first_day AND member.last_day
      WHERE member.project_id = session.project_id AND member.session_id = session.session_id))
  FROM agentops.traces AS trace
  JOIN agentops.sessions AS session ON session.project_id = trace.project_id AND session.session_id = trace.session_id
  WHERE trace.project_id = of_project AND trace.trace_id = replace(lower(of_trace), '-', ''));

COMMENT ON TABLE agentops.spans IS 'One row a span, partitioned by the day (UTC) its session began. Look spans up by
project_id with trace_id (and span_id), which is the primary key, or by project_id with start_time, and give a range of day
where you can. There is no index on span_id alone: its values are random, and it made every write cost the server a quarter
more; indexes on trace_id and start_time without project_id another tenth.';
