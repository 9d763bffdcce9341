import { type Engine, type Queryable, transact } from '../engines/engine.ts';
import { DIMENSION_NAMES, SUM_NAMES } from './hour-parts.ts';
import type { Layout } from './layout.ts';

/** An hour of a project whose sums are out of date. */
interface DirtyHour {
  project_id: string;
  /** As PostgreSQL writes it. */
  hour: string;
}

/** Which marks to take: any that nobody else is working on, or all up to an id. */
export type HourMarks = { of: 'any' } | { of: 'until'; id: string };

const MARKS_PER_PASS = 1_000;

/**
 * Takes some marks and adds up their hours, in all and by every dimension, and the days of these, in one transaction. Marks made meanwhile stay. Resolves to the number of
 * hours added up, 0 where there were no marks to take.
 */
export function rollUpHours(engine: Engine, layout: Layout, marks: HourMarks): Promise<number> {
  return transact(engine, async (tx) => {
    const hours = await takeHourMarks(tx, marks);
    if (hours.length === 0) return 0;
    await tx.exec(layout.settings);
    const keys = JSON.stringify(hours);
    // By day, in the order of their keys, and apart from what follows: its snapshot holds what an earlier holder has seen and made.
    await tx.query(LOCK, [keys]);
    await layout.landed(tx);
    await tx.query(REMOVE, [keys]);
    await tx.query(addUpHours(layout), [keys]);
    await tx.query(REMOVE_TOTALS, [keys]);
    await tx.query(ADD_UP_TOTALS, [keys]);
    await tx.query(REMOVE_DAYS, [keys]);
    await tx.query(ADD_UP_DAYS, [keys]);
    return hours.length;
  });
}

/** The latest mark there is, or undefined where there is none. */
export async function latestHourMark(db: Queryable): Promise<string | undefined> {
  const [row] = await db.query<{ id: string | null }>('SELECT max(id) AS id FROM agentops.dirty_hours');
  return row?.id ?? undefined;
}

function takeHourMarks(tx: Queryable, marks: HourMarks): Promise<DirtyHour[]> {
  const [where, lock, params] =
    marks.of === 'any'
      ? ['true', 'FOR UPDATE SKIP LOCKED', []]
      : ['id <= $1::bigint', 'FOR UPDATE', [marks.id]];
  return tx.query<DirtyHour>(
    `WITH taken AS MATERIALIZED (
       SELECT id FROM agentops.dirty_hours WHERE ${where} ORDER BY id LIMIT ${MARKS_PER_PASS} ${lock}
     ), deleted AS (
       DELETE FROM agentops.dirty_hours WHERE id IN (SELECT id FROM taken) RETURNING project_id, hour
     )
     SELECT DISTINCT project_id, (hour AT TIME ZONE 'UTC')::text || 'Z' AS hour FROM deleted ORDER BY 1, 2`,
    params,
  );
}

const KEYS = 'jsonb_to_recordset($1::jsonb) AS key(project_id text COLLATE "C", hour timestamptz)';

const LOCK = `
  SELECT pg_advisory_xact_lock(hashtextextended('agentops stats ' || project_id || ' ' || day, 0)) FROM (
    SELECT DISTINCT project_id, left(hour, 10) AS day
    FROM jsonb_to_recordset($1::jsonb) AS key(project_id text COLLATE "C", hour text COLLATE "C")
    ORDER BY project_id, day
  ) AS day`;

const removeFrom = (table: string): string => `
  DELETE FROM agentops.${table} USING ${KEYS}
  WHERE ${table}.project_id = key.project_id AND ${table}.hour = key.hour`;

const REMOVE = removeFrom('hourly_stats');
const REMOVE_TOTALS = removeFrom('hourly_totals');

const DAYS = `(
  SELECT DISTINCT project_id, date_trunc('day', hour, 'UTC') AS day FROM ${KEYS}) AS key`;

const REMOVE_DAYS = `
  DELETE FROM agentops.daily_stats USING ${DAYS}
  WHERE daily_stats.project_id = key.project_id AND daily_stats.day = key.day`;

const dimensions = DIMENSION_NAMES.join(', ');
const sums = SUM_NAMES.map((name) => `sum(${name}) AS ${name}`).join(', ');
const known = (name: string): string => (name === 'cost' ? name : `coalesce(${name}, 0)`);

/** First by the classes of durations as well, so that each class has its count. */
const addUpHours = ({ storedHours }: Layout): string => `
  INSERT INTO agentops.hourly_stats
    (project_id, hour, ${dimensions}, ${SUM_NAMES.join(', ')}, duration_classes, duration_counts)
  SELECT project_id, hour, ${DIMENSION_NAMES.map((name) => `coalesce(${name}, '')`).join(', ')},
    ${SUM_NAMES.map(known).join(', ')}, coalesce(classes, '{}'), coalesce(counts, '{}')
  FROM (
    SELECT project_id, hour, ${dimensions}, ${sums},
      array_agg(duration_class ORDER BY duration_class) FILTER (WHERE duration_class IS NOT NULL) AS classes,
      array_agg(spans ORDER BY duration_class) FILTER (WHERE duration_class IS NOT NULL) AS counts
    FROM (
      SELECT key.project_id, key.hour, ${dimensions}, duration_class, ${sums}
      FROM ${KEYS}
      ${storedHours}
      CROSS JOIN LATERAL unnest(stored.parts) AS part
      GROUP BY key.project_id, key.hour, ${dimensions}, duration_class
    ) AS class
    GROUP BY project_id, hour, ${dimensions}
  ) AS added`;

/** Sums over rows of `hourly_stats`, which `hourly` selects under the name of what they are put together by. */
const addUp = (table: string, time: string, hourly: string, kept: readonly string[]): string => `
  WITH hourly AS MATERIALIZED (${hourly}), class AS (
    SELECT project_id, ${time}, ${kept.join(', ')}, class, sum(count) AS count
    FROM hourly CROSS JOIN LATERAL unnest(duration_classes, duration_counts) AS of_row(class, count)
    GROUP BY project_id, ${time}, ${kept.join(', ')}, class
  ), classes AS (
    SELECT project_id, ${time}, ${kept.join(', ')}, array_agg(class ORDER BY class) AS classes,
      array_agg(count ORDER BY class) AS counts
    FROM class GROUP BY project_id, ${time}, ${kept.join(', ')}
  ), added AS (
    SELECT project_id, ${time}, ${kept.join(', ')}, ${sums} FROM hourly GROUP BY project_id, ${time}, ${kept.join(', ')}
  )
  INSERT INTO agentops.${table}
    (project_id, ${time}, ${dimensions}, ${SUM_NAMES.join(', ')}, duration_classes, duration_counts)
  SELECT project_id, ${time}, ${DIMENSION_NAMES.map((name) => (kept.includes(name) ? name : `''`)).join(', ')},
    ${SUM_NAMES.join(', ')}, coalesce(classes, '{}'), coalesce(counts, '{}')
  FROM added LEFT JOIN classes USING (project_id, ${time}, ${kept.join(', ')})`;

const ADD_UP_TOTALS = addUp(
  'hourly_totals',
  'hour',
  `SELECT stored.* FROM ${KEYS} CROSS JOIN LATERAL (
    SELECT * FROM agentops.hourly_stats AS stored
    WHERE stored.project_id = key.project_id AND stored.hour = key.hour OFFSET 0
  ) AS stored`,
  ['event_type'],
);

const ADD_UP_DAYS = addUp(
  'daily_stats',
  'day',
  `SELECT key.day, stored.* FROM ${DAYS} CROSS JOIN LATERAL (
    SELECT * FROM agentops.hourly_stats AS stored
    WHERE stored.project_id = key.project_id AND stored.hour >= key.day AND stored.hour < key.day + interval '24 hours'
    OFFSET 0
  ) AS stored`,
  DIMENSION_NAMES,
);
