import type { Engine, Queryable, Transaction } from './engine.ts';
import { literal } from './literal.ts';

/** Where the store keeps what it keeps. */
export interface StoreNames {
  /** The schema of all its tables. */
  schema: string;
  /** The table of the spans. */
  table: string;
}

/** What the SQL of this package says; other names are put in by `withNames`. */
export const USUAL_NAMES: StoreNames = { schema: 'agentops', table: 'spans' };

/** Texts remembered: all that this package has. Those with figures of their own in them are few and pass through. */
const REMEMBERED = 500;

/**
 * The engine, with other names in all SQL it runs. SQL here names tables in three forms: `agentops.table`, `('agentops',
 * 'table')` as texts, and the schema alone where it is made. Columns are named by aliases: `agentops.spans AS spans`.
 */
export function withNames(engine: Engine, names: StoreNames): Engine {
  if (names.schema === USUAL_NAMES.schema && names.table === USUAL_NAMES.table) return engine;
  const known = new Map<string, string>();
  const rename = (sql: string): string => {
    let renamed = known.get(sql);
    if (renamed === undefined) {
      renamed = renameIn(sql, names);
      if (known.size < REMEMBERED) known.set(sql, renamed);
    }
    return renamed;
  };
  const queryable = (db: Queryable): Queryable => ({
    query: (text, params) => db.query(rename(text), params),
    exec: (sql) => db.exec(rename(sql)),
  });
  return {
    ...queryable(engine),
    partitionBy: engine.partitionBy,
    vacuums: engine.vacuums,
    bounded: (limit) => {
      const reads = engine.bounded(limit);
      return { query: (text, params) => reads.query(rename(text), params) };
    },
    transaction: (run, signal) =>
      engine.transaction(
        (tx) =>
          run({
            ...queryable(tx),
            copy: (sql, chunks) => tx.copy(rename(sql), chunks),
          } satisfies Transaction),
        signal,
      ),
    load: (load, signal) =>
      engine.load(
        { ...load, sql: rename(load.sql), after: { ...load.after, text: rename(load.after.text) } },
        signal,
      ),
    close: (patience) => engine.close(patience),
  };
}

function renameIn(sql: string, { schema, table }: StoreNames): string {
  const tableOf = (name: string): string => name.replace(/^spans(?=$|_\d{4}_)/, () => table);
  return (
    sql
      // Not where it begins a text: that is the name of an attribute.
      .replace(
        /(?<!['\w])agentops\.(\w+)/g,
        (_, name: string) => `${quoted(schema)}.${quoted(tableOf(name))}`,
      )
      .replace(
        /\('agentops', '(\w+)'\)/g,
        (_, name: string) => `(${literal(schema)}, ${literal(tableOf(name))})`,
      )
      .replace(/SCHEMA IF NOT EXISTS agentops\b/g, () => `SCHEMA IF NOT EXISTS ${quoted(schema)}`)
  );
}

function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}
