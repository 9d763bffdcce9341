import type { Stats, StatsDimension, StatsPoint, StatsQuery } from '../documents.ts';
import type { Reads } from '../engines/engine.ts';
import { TOTALS_SUMMED } from '../rollup/totals.ts';
import { isoTime, parseTime } from '../time.ts';
import { type DurationClass, latencyOf } from './latency.ts';
import { type TotalsRow, totalsOf } from './session-row.ts';

const COLUMN_OF: Record<StatsDimension, string> = {
  event_type: 'event_type',
  service: 'service_name',
  agent: 'agent_name',
  model: 'model',
  tool: 'tool_name',
};

const NS_PER_MS = 1_000_000n;
const NS_PER_HOUR = 3_600_000n * NS_PER_MS;
const USUAL_NS = 30n * 24n * NS_PER_HOUR;

/** A stretch of time and a value of `by`. */
interface PointKey {
  /** ns since the epoch. */
  time: string;
  key: string | null;
}

interface PointRow extends PointKey, TotalsRow {
  traces: string;
  failed_traces: string;
  llm_duration: string | null;
  tool_duration: string | null;
}

interface ClassRow extends PointKey, DurationClass {
  event_type: 'llms' | 'tools';
}

/** What the spans of a project add up to, by time. */
export async function readStats(db: Reads, projectId: string, query: StatsQuery): Promise<Stats> {
  const { step = 'day', by } = query;
  const width = step === 'hour' ? NS_PER_HOUR : 24n * NS_PER_HOUR;
  const startOf = (ns: bigint): bigint => ns - (ns % width);
  const to = startOf(query.to === undefined ? BigInt(Date.now()) * NS_PER_MS : parseTime(query.to, 'to'));
  const from = startOf(query.from === undefined ? to - USUAL_NS : parseTime(query.from, 'from'));
  const stretch = { from: isoTime(String(from)), to: isoTime(String(to)) };
  const params = [projectId, stretch.from, stretch.to];

  const selection = `${step} AS time, ${by === undefined ? 'NULL::text' : COLUMN_OF[by]} AS key`;
  const table = tableOf(step, by);
  const [points, classes] = await Promise.all([
    db.query<PointRow>(pointsBy(table, step, selection), params),
    db.query<ClassRow>(classesBy(table, step, selection), params),
  ]);

  const classesOf = Map.groupBy(classes, ({ event_type, ...point }) => event_type + keyOf(point));
  return {
    ...stretch,
    step,
    by: by ?? null,
    points: points.map((row): StatsPoint => {
      const { counts, tokens, cost } = totalsOf(row);
      const { agents: _, ...counted } = counts;
      const latency = (event_type: ClassRow['event_type'], duration: string | null) =>
        latencyOf(Number(duration), classesOf.get(event_type + keyOf(row)) ?? []);
      return {
        time: isoTime(row.time),
        key: row.key,
        traces: Number(row.traces),
        failed_traces: Number(row.failed_traces),
        counts: counted,
        tokens,
        cost,
        llm_latency: latency('llms', row.llm_duration),
        tool_latency: latency('tools', row.tool_duration),
      };
    }),
  };
}

const keyOf = ({ time, key }: PointKey): string => `${time} ${key ?? ''}`;

type Step = NonNullable<StatsQuery['step']>;

/** The smallest table that knows the answer. */
function tableOf(step: Step, by: StatsDimension | undefined): string {
  if (step === 'day') return 'agentops.daily_stats';
  return by === undefined || by === 'event_type' ? 'agentops.hourly_totals' : 'agentops.hourly_stats';
}

const within = (step: Step): string =>
  `project_id = $1 AND ${step} BETWEEN $2::timestamptz AND $3::timestamptz`;

const TIME = '(extract(epoch FROM time)::bigint * 1000000000)::text AS time';

const pointsBy = (table: string, step: Step, selection: string): string => `
  SELECT grouped.*, ${TIME} FROM (
    SELECT ${selection}, sum(traces) AS traces, sum(failed_traces) AS failed_traces, 0 AS agents, ${TOTALS_SUMMED},
      sum(duration) FILTER (WHERE event_type = 'llms') AS llm_duration,
      sum(duration) FILTER (WHERE event_type = 'tools') AS tool_duration
    FROM ${table} WHERE ${within(step)} GROUP BY 1, 2
  ) AS grouped ORDER BY grouped.time, key`;

const classesBy = (table: string, step: Step, selection: string): string => `
  SELECT ${TIME}, key, event_type, class, sum(count) AS count FROM (
    SELECT ${selection}, event_type, class, count
    FROM ${table} CROSS JOIN LATERAL unnest(duration_classes, duration_counts) AS of_row(class, count)
    WHERE ${within(step)} AND event_type IN ('llms', 'tools')
  ) AS timed GROUP BY timed.time, key, event_type, class ORDER BY class`;
