export type { ClusterNode, ClusterStatus } from './citus/cluster-status.ts';
export type { DistributeOptions } from './citus/distribute.ts';
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
} from './documents.ts';
export type { DumpCounts } from './dump/format.ts';
export type { RestoreOptions } from './dump/restore.ts';
export type { Engine, Queryable } from './engines/engine.ts';
export { postgresEngine } from './engines/postgres.ts';
export { StoreError, type StoreErrorCode } from './errors.ts';
export type { Environment } from './exporter/environment.ts';
export type { PostgresSpanExporterOptions, PostgresTlsMode, PostgresTlsOptions } from './exporter/options.ts';
export { PostgresSpanExporter, type WriteOutcome } from './exporter/postgres-span-exporter.ts';
export type { DeletionResult } from './maintenance/deletion.ts';
export { everyHour, type Regularly } from './maintenance/every-hour.ts';
export type { Maintenance, StoreStatus } from './maintenance/maintenance.ts';
export type { Partition } from './maintenance/partition-list.ts';
export type { PruneResult, Retention } from './maintenance/prune.ts';
export { openStore, type StoreOptions } from './open-store.ts';
export type { ApiKey, ApiKeys, SpanStore, WriteResult } from './store.ts';
export { type AcceptedDays, USUAL_DAYS } from './write/accepted-days.ts';
