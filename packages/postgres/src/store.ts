import type { RejectedSpan, SpanRow, UnstorableSpan } from '@agentops/otlp';
import type {
  SessionDocument,
  SessionList,
  SessionListQuery,
  SpanDocument,
  SpanList,
  Stats,
  StatsQuery,
} from './documents.ts';
import type { Maintenance } from './maintenance/maintenance.ts';

/** What a committed write did with its rows. */
export interface WriteResult {
  /** Rows that are in the store now, whether this write put them there or an earlier one had. */
  stored: number;
  /** Rows that can never be stored, each with the reason. */
  rejected: RejectedSpan[];
}

/** An API key as it is listed: the secret itself is shown once, at creation, and stored as a hash. */
export interface ApiKey {
  id: string;
  project_id: string;
  name: string;
  /** The first characters of the secret, to recognise it by. */
  prefix: string;
  created_at: string;
  revoked_at: string | null;
}

/** The keys of a store's projects. */
export interface ApiKeys {
  /** Creates a key; `secret` is not kept and cannot be shown again. */
  create(projectId: string, name: string): Promise<{ key: ApiKey; secret: string }>;
  /** The project that `secret` opens, or undefined where it is unknown or revoked. */
  projectOf(secret: string): Promise<string | undefined>;
  list(): Promise<ApiKey[]>;
  /** False where there is no such key. */
  revoke(id: string): Promise<boolean>;
}

/** The span store: the same over PGlite, PostgreSQL and Citus. Every method rejects with a typed `StoreError`. */
export interface SpanStore {
  readonly keys: ApiKeys;
  readonly maintenance: Maintenance;
  /** Resolves once the rows are committed. Writing the same span again leaves one row, the finished one. */
  write(projectId: string, rows: readonly SpanRow[]): Promise<WriteResult>;
  /**
   * Keeps spans that can never be stored, with the reason, for whoever wants to know what they were: one for each pair of ids, the
   * last.
   */
  setAside(projectId: string, spans: readonly UnstorableSpan[]): Promise<void>;
  /** Sessions, newest first. May lag behind `write` by the roll-up interval. */
  sessions(projectId: string, query: SessionListQuery): Promise<SessionList>;
  /** One session, never older than the last `write`; undefined where there is none. */
  session(projectId: string, sessionId: string): Promise<SessionDocument | undefined>;
  spans(projectId: string, sessionId: string): Promise<SpanList | undefined>;
  span(projectId: string, sessionId: string, spanId: string): Promise<SpanDocument | undefined>;
  /** Counts, tokens, cost and durations by time, for charts. Lags some seconds behind `write`. */
  stats(projectId: string, query: StatsQuery): Promise<Stats>;
  /** Rejects while the database cannot be reached. */
  ping(): Promise<void>;
  /** Resolves when every mark made before the call has been rolled up, and lost sessions are known as such. */
  settle(): Promise<void>;
  close(): Promise<void>;
}
