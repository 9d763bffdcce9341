export type {
  EndState,
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
} from './documents.ts';
export type { Engine, Queryable } from './engines/engine.ts';
export { postgresEngine } from './engines/postgres.ts';
export { StoreError, type StoreErrorCode } from './errors.ts';
export { openStore, type StoreOptions } from './open-store.ts';
export type { ApiKey, ApiKeys, SpanStore, WriteResult } from './store.ts';
