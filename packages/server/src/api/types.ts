/** Everything a client of the query API needs to know; types only. */
export type {
  EndState,
  Latency,
  SessionAgent,
  SessionCounts,
  SessionDocument,
  SessionList,
  SessionListQuery,
  SessionSummary,
  SessionTokens,
  SpanDocument,
  SpanList,
  SpanSkeleton,
  Stats,
  StatsDimension,
  StatsPoint,
  StatsQuery,
} from '@agentops/postgres';

/** Every error answer of the API. */
export interface ApiError {
  error: {
    /** Stable, machine-readable: `unauthorized`, `not_found`, `invalid_query`, … */
    code: string;
    /** What was wrong and what to do. */
    message: string;
  };
}

/** `GET /healthz`: the process is up, and is this service. */
export interface Health {
  service: 'agentops';
  status: 'ok';
  version: string;
}

/** `GET /readyz`: the store answers. */
export interface Readiness {
  status: 'ready';
}
