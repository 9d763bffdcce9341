import type { Engine } from '@agentops/postgres';

const SPANS_PER_SESSION = 20;
/** The project everything is in. */
export const PROJECT = 'default';

const DAYS = 30;
const DAY_MS = 24 * 60 * 60 * 1000;
const SESSIONS_PER_STATEMENT = 10_000;

/** What was made, so that queries can ask for it. */
export interface Seeded {
  readonly sessions: number;
  /** ms since the epoch, of the first session and the end of the last day. */
  readonly from: number;
  readonly to: number;
  /** Sessions of other sizes, by how many spans they have. */
  readonly large: ReadonlyMap<number, string>;
}

/**
 * Makes a month of sessions of twenty spans in SQL, with their totals and hourly statistics, as the roll-up would.
 *
 * @param spans How many in all; with `hasSpans` false only their totals are made
 * @param sizes Makes one more session of each so many spans
 */
export async function seed(
  engine: Engine,
  spans: number,
  sizes: readonly number[],
  hasSpans: boolean,
): Promise<Seeded> {
  const to = Math.floor(Date.now() / DAY_MS) * DAY_MS;
  const from = to - DAYS * DAY_MS;
  const sessions = Math.round(spans / SPANS_PER_SESSION);
  await makePartitions(engine, from);
  for (let first = 0; first < sessions; first += SESSIONS_PER_STATEMENT) {
    const last = Math.min(sessions, first + SESSIONS_PER_STATEMENT) - 1;
    const step = (to - from) / sessions;
    await addSessions(engine, { first, last, from, step, spans: hasSpans ? SPANS_PER_SESSION : 0 });
  }
  const large = new Map<number, string>();
  for (const [index, size] of sizes.entries()) {
    const number = sessions + index;
    await addSessions(engine, {
      first: number,
      last: number,
      from: to - 1_000 * number,
      step: 1_000,
      spans: size,
    });
    const [row] = await engine.query<{ session_id: string }>(
      'SELECT session_id FROM agentops.sessions WHERE name LIKE $1',
      [`Answer question #${number} %`],
    );
    large.set(size, row?.session_id ?? '');
  }
  for (const step of ['hour', 'day'] as const) await engine.query(STATS[step], [from, to, sessions]);
  await engine.query(HOURLY_TOTALS);
  await engine.exec('VACUUM ANALYZE');
  return { sessions, from, to, large };
}

async function makePartitions(engine: Engine, from: number): Promise<void> {
  for (let day = -1; day <= DAYS; day++) {
    const first = new Date(from + day * DAY_MS).toISOString().slice(0, engine.partitionBy === 'day' ? 10 : 7);
    const start = engine.partitionBy === 'day' ? first : `${first}-01`;
    await engine.exec(`
      CREATE TABLE IF NOT EXISTS agentops.spans_${first.replaceAll('-', '_')} PARTITION OF agentops.spans
      FOR VALUES FROM ('${start}') TO ('${start}'::date + interval '1 ${engine.partitionBy}')`);
  }
}

interface Range {
  readonly first: number;
  readonly last: number;
  readonly from: number;
  /** ms from one session to the next. */
  readonly step: number;
  /** Of each session. */
  readonly spans: number;
}

async function addSessions(engine: Engine, { first, last, from, step, spans }: Range): Promise<void> {
  const params = [first, last, from, step];
  await engine.query(
    `${SESSION} INSERT INTO agentops.sessions (${TOTALS}, agents, session_id, trace_id)
    SELECT ${TOTALS}, 2, session_id, trace_id FROM totals`,
    params,
  );
  await engine.query(
    `${SESSION} INSERT INTO agentops.traces (${TOTALS}, session_id, trace_id, first_day, last_day)
    SELECT ${TOTALS}, session_id, trace_id, day, day FROM totals`,
    params,
  );
  if (spans > 0) await engine.query(SPANS, [...params, spans]);
}

const SESSION = `
  WITH made AS (
    SELECT i, ($3::float8 + i * $4::float8)::bigint AS ms FROM generate_series($1::int, $2::int) AS i
  ), session AS (
    SELECT i, ms * 1000000 AS start_time, (to_timestamp(ms / 1e3) AT TIME ZONE 'UTC')::date AS day,
      lpad(to_hex(ms), 12, '0') || '7' || substr(md5(i::text), 1, 3) || '8' || substr(md5(i::text), 4, 15) AS trace_id
    FROM made
  ), totals AS (
    SELECT '${PROJECT}' AS project_id, trace_id, trace_id::uuid::text AS session_id, day, start_time,
      start_time + 30000000000 AS end_time, start_time + 30000000000 AS last_time,
      'Answer question #' || i || ' about ' || (ARRAY['harbours', 'lamps', 'weather', 'invoices'])[1 + i % 4] AS name,
      (ARRAY['support', 'research', 'billing'])[1 + i % 3] AS service_name,
      CASE WHEN i % 50 = 0 THEN 'Fail' WHEN i % 97 = 0 THEN 'Indeterminate' ELSE 'Success' END AS end_state,
      20 AS spans, 12 AS llms, 5 AS tools, 0 AS actions, (i % 50 = 0)::int AS errors,
      12000 AS input_tokens, 3000 AS output_tokens, 0.05 AS cost,
      ARRAY[(ARRAY['gpt-5', 'claude-opus-5', 'gpt-5-mini'])[1 + i % 3]]
        || CASE WHEN i % 1000 = 0 THEN ARRAY['o3-trial'] ELSE '{}' END AS models,
      ARRAY[CASE WHEN i % 10 = 0 THEN 'beta' ELSE 'production' END, 'customer-' || i % 5000, 'release-' || i / 100] AS tags,
      CASE WHEN i % 100 = 50 THEN 'regular-' || i / 5000 ELSE 'u-' || i % 10000 END AS user_id, '{"host.name": "worker-1", "service.version": "1.4.2"}'::jsonb AS resource
    FROM session
  )`;

const TOTALS = `project_id, name, service_name, start_time, end_time, last_time, end_state, spans, llms, tools, actions, errors,
  input_tokens, output_tokens, cost, models, tags, user_id, resource`;

/** About 0.9 KB a row; parents are spread over the session. */
const SPANS = `${SESSION}
  INSERT INTO agentops.spans (project_id, trace_id, span_id, day, parent_span_id, session_id, operation_name, kind,
    start_time, end_time, status, status_message, service_name, span_kind, event_type, agent_id, agent_name, provider,
    model, input_tokens, output_tokens, cost, user_id, scope_name, scope_version, trace_state, flags, attributes,
    resource, events, links)
  SELECT project_id, trace_id, substr(md5(trace_id || k), 1, 16), day,
    CASE WHEN k > 0 THEN substr(md5(trace_id || k / 10), 1, 16) END, session_id,
    CASE WHEN k % 4 = 0 THEN 'search' ELSE 'chat gpt-5' END, 3, start_time + k::bigint * 1000000, start_time + (k::bigint + 900) * 1000000,
    CASE WHEN k = 7 AND errors > 0 THEN 2 ELSE 0 END, '', service_name, CASE WHEN k = 0 THEN 'session' ELSE 'llm' END,
    CASE WHEN k = 0 THEN NULL WHEN k % 4 = 0 THEN 'tools' ELSE 'llms' END, 'a-' || k % 3, 'agent ' || k % 3, 'openai',
    CASE WHEN k > 0 AND k % 4 > 0 THEN models[1] END, 1000, 250, 0.004, user_id, 'bench', '1.0.0', '', 1,
    jsonb_build_object('agentops.span.kind', CASE WHEN k = 0 THEN 'session' ELSE 'llm' END,
      'gen_ai.tool.name', 'search', 'gen_ai.input.messages', md5(k::text) || repeat(md5(trace_id), 6),
      'gen_ai.output.messages', md5(trace_id) || repeat(md5(k::text), 6)),
    resource, '[]', '[]'
  FROM totals CROSS JOIN generate_series(0, $5::int - 1) AS k
  ORDER BY trace_id, 3`;

/** Sixty rows an hour or day: two services, five agents, three models and three tools. */
const statsBy = (table: string, step: string, steps: number): string => `
  INSERT INTO agentops.${table}
  SELECT '${PROJECT}', hour, CASE WHEN k < 3 THEN 'llms' ELSE 'tools' END, 'service ' || service, 'agent ' || agent,
    CASE WHEN k < 3 THEN 'model ' || k ELSE '' END, CASE WHEN k < 3 THEN '' ELSE 'tool ' || k END,
    n, n / 50, n * 20, n * 12, n * 5, 0, n / 50, n * 1000, n * 250, 0, 0, 0, n * 0.05,
    n * 1000000000, ARRAY[17, 18, 19, 20, 21, 22]::smallint[], ARRAY[n, n, n, n, n, n]
  FROM generate_series(to_timestamp($1::float8 / 1e3), to_timestamp($2::float8 / 1e3), '1 ${step}') AS hour,
    generate_series(1, 2) AS service, generate_series(1, 5) AS agent, generate_series(0, 5) AS k,
    LATERAL (SELECT greatest(1, $3::bigint / ${steps} / 60) AS n) AS size`;

const STATS = { hour: statsBy('hourly_stats', 'hour', 720), day: statsBy('daily_stats', 'day', 30) };

/** Its classes of durations are the same in every row. */
const HOURLY_TOTALS = `
  INSERT INTO agentops.hourly_totals
  SELECT project_id, hour, event_type, '', '', '', '', sum(traces), sum(failed_traces), sum(spans), sum(llms), sum(tools),
    sum(actions), sum(errors), sum(input_tokens), sum(output_tokens), sum(cache_read_tokens), sum(cache_write_tokens),
    sum(reasoning_tokens), sum(cost), sum(duration), min(duration_classes), array_fill(sum(duration_counts[1])::bigint, ARRAY[6])
  FROM agentops.hourly_stats GROUP BY project_id, hour, event_type`;
