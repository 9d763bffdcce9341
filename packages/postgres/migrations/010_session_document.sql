-- The same document as before, made in steps: Citus takes no statement of a function that has both the parameters of the
-- function and tables of all its nodes in it, unless the function is in PL/pgSQL.
CREATE OR REPLACE FUNCTION agentops.session_document(of_trace text, of_project text DEFAULT 'default') RETURNS jsonb
LANGUAGE plpgsql STABLE PARALLEL SAFE AS $body$
DECLARE
  session agentops.sessions;
  given agentops.traces;
  members text[];
  -- They bound the partitions that are looked into.
  first_of_all date;
  last_of_all date;
  of_session jsonb;
BEGIN
  SELECT * INTO given FROM agentops.traces AS trace
  WHERE trace.project_id = of_project AND trace.trace_id = replace(lower(of_trace), '-', '');
  SELECT * INTO session FROM agentops.sessions AS known
  WHERE known.project_id = of_project AND known.session_id = given.session_id;
  IF NOT FOUND THEN RETURN NULL; END IF;
  SELECT array_agg(member.trace_id), min(member.first_day), max(member.last_day)
  INTO members, first_of_all, last_of_all FROM agentops.traces AS member
  WHERE member.project_id = of_project AND member.session_id = given.session_id;
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
  INTO of_session
  FROM agentops.spans AS span
  WHERE span.project_id = of_project AND span.trace_id = ANY (members)
    AND span.day BETWEEN first_of_all AND last_of_all;
  RETURN jsonb_build_object(
    'project_id', session.project_id, 'session_id', session.session_id, 'trace_id', given.trace_id,
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
    'spans', of_session);
END
$body$;
