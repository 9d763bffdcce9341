export { ServerError, type ServerErrorCode } from './errors.ts';
export type { IngestCounts } from './ingest/counts.ts';
export { type ImportResult, importTraces } from './ingest/import.ts';
export type { ServerLimits, ServerLogging, ServerOptions, ServerRetention } from './options.ts';
export { type RunningServer, startServer } from './server.ts';
export { type ClusterStatus, type DumpCounts, openServerStore, type SpanStore } from './store.ts';
