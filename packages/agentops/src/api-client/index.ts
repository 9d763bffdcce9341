/**
 * The client of the backend's query API. A subpath of its own: a program that only records does not load it.
 */
export { AgentOpsError, type AgentOpsErrorCode } from '../errors.ts';
export type { EventType } from '../semconv/span-kinds.ts';
export type { EndState } from '../session/end-state.ts';
export type { SessionCounts } from '../session/totals.ts';
export type { SessionTokens } from '../session/usage-totals.ts';
export { AgentOpsApiError, type ApiErrorCode } from './api-error.ts';
export type {
  AttributeMap,
  AttributeTypes,
  Health,
  JsonValue,
  Latency,
  Readiness,
  SessionAgent,
  SessionDocument,
  SessionFilter,
  SessionList,
  SessionListQuery,
  SessionSummary,
  SpanDocument,
  SpanEventDocument,
  SpanKindNumber,
  SpanLinkDocument,
  SpanList,
  SpanSkeleton,
  SpanStatusNumber,
  Stats,
  StatsDimension,
  StatsPoint,
  StatsQuery,
} from './documents.ts';
export {
  type ApiCallOptions,
  type ApiRetryOptions,
  SessionApiClient,
  type SessionApiClientOptions,
} from './session-api-client.ts';
