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
export type { ApiKey, ApiKeys, SpanStore, WriteResult } from './store.ts';
