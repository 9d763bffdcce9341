/**
 * What `agentops doctor` asks the SDK: what is configured, whether the destinations can be reached, what waits on disk.
 * A subpath of its own: a program that records does not load it.
 */
export type { Config, ExporterConfig, SpoolConfig } from '../config/config.ts';
export { type ConfigurationReading, readConfiguration } from './configuration.ts';
export { type OtlpDestination, probeOtlp } from './otlp-probe.ts';
export { probe } from './probe.ts';
export type { ProbeResult } from './probe-result.ts';
export { inspectSpool, type SpoolReport, type WaitingSpans } from './spool-report.ts';
