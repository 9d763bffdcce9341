import type { Attributes, AttributeValue, MeterProvider, TextMapPropagator } from '@opentelemetry/api';
import type { IMetricReader, ViewOptions } from '@opentelemetry/sdk-metrics';
import type { Sampler, SpanExporter, SpanProcessor } from '@opentelemetry/sdk-trace';
import type {
  AgentOpsExporterOptions,
  ConsoleExporterOptions,
  FileExporterOptions,
  JaegerExporterOptions,
  OtlpExporterOptions,
  PostgresExporterOptions,
  SpanFormatter,
  ZipkinExporterOptions,
} from './exporter-options.ts';
import type { InstrumentationOptions } from './instrumentation-options.ts';
import type { LogLevel, OtlpMetricsOptions } from './observability-options.ts';
import type { InitOptions, SessionModeOptions } from './options.ts';
import type {
  PropagationFormat,
  RedactionFunction,
  RedactionKeys,
  RedactionPattern,
  SamplingRule,
  TrustIncoming,
} from './pipeline-options.ts';
import type { ModelPrice } from './price-options.ts';

/** The configuration in force: every default filled in, durations in milliseconds, sizes in bytes, modules loaded. */
export interface Config extends Pick<InitOptions, 'onError' | 'waitUntil'> {
  readonly serviceName: string;
  readonly serviceVersion?: string;
  readonly environment?: string;
  readonly resource: Attributes;
  readonly exporters: readonly ExporterConfig[];
  readonly processors: readonly SpanProcessor[];
  readonly sampling: SamplingConfig;
  readonly context: ContextConfig;
  readonly session: { readonly [K in keyof SessionModeOptions]-?: NonNullable<SessionModeOptions[K]> };
  readonly batch: BatchConfig;
  readonly retry: RetryConfig;
  readonly spool: SpoolConfig | false;
  readonly content: ContentConfig;
  readonly live: LiveConfig | false;
  readonly metrics: MetricsConfig | false;
  readonly logs: LogsConfig;
  readonly instrumentations: InstrumentationConfig;
  readonly prices: readonly ModelPrice[];
  readonly disabled: boolean;
}

export interface BatchConfig {
  /** Spans in one export. */
  readonly size: number;
  /** Milliseconds a span waits for others. */
  readonly interval: number;
  /** Spans that may wait for one exporter. */
  readonly queue: number;
  /** Bytes that may wait for all exporters together. */
  readonly queueBytes: number;
  /** Milliseconds one attempt may take. */
  readonly timeout: number;
}

export interface RetryConfig {
  /** Milliseconds before the second attempt. */
  readonly initial: number;
  /** Milliseconds between attempts at most. */
  readonly max: number;
  readonly attempts: number;
}

export interface SpoolConfig {
  /** The service's own. */
  readonly directory: string;
  readonly maxBytes: number;
}

export interface SamplingConfig {
  readonly rate: number;
  readonly rules: readonly SamplingRule[];
  /** Sessions a second. */
  readonly target?: number;
  readonly sampler?: Sampler;
  readonly keep?: KeepConfig;
}

export interface KeepConfig {
  readonly errors: boolean;
  /** Milliseconds. */
  readonly duration?: number;
  /** USD. */
  readonly cost?: number;
  readonly maxBytes: number;
}

export interface ContextConfig {
  readonly propagation: readonly PropagationFormat[];
  readonly propagator?: TextMapPropagator;
  readonly hosts: readonly string[];
  readonly trustIncoming: TrustIncoming;
  readonly baggage: { readonly hosts: readonly string[]; readonly attributes: readonly string[] };
}

export interface ContentConfig {
  readonly capture: boolean;
  /** Bytes; undefined for no limit. */
  readonly maxLength?: number;
  /** Empty for nothing. */
  readonly redact: readonly RedactionRuleConfig[];
}

/** A rule whose module, where it was one, is loaded. */
export type RedactionRuleConfig =
  | 'secrets'
  | 'emails'
  | 'cards'
  | RedactionPattern
  | RedactionKeys
  | RedactionFunction;

export interface LiveConfig {
  /** Milliseconds. */
  readonly interval: number;
  readonly attributes: Readonly<Record<string, AttributeValue>>;
}

export interface MetricsConfig {
  readonly prometheus: { readonly host: string; readonly port: number } | false;
  /** `interval` in milliseconds. */
  readonly otlp: (Omit<OtlpMetricsOptions, 'interval'> & { readonly interval: number }) | false;
  readonly meterProvider?: MeterProvider;
  readonly readers: readonly IMetricReader[];
  readonly views: readonly ViewOptions[];
  readonly dimensions: readonly string[];
  readonly cardinalityLimit: number;
  readonly olderNames: boolean;
}

export interface LogsConfig {
  readonly level: LogLevel;
  readonly format: 'text' | 'json';
  readonly otlp: Omit<OtlpExporterOptions, 'type' | 'name' | 'batch' | 'retry' | 'format'> | false;
}

/** What is undefined is as the program was started: with `--import agentops/register` on, else off. */
export type InstrumentationConfig = InstrumentationOptions & {
  readonly openllmetry: NonNullable<InstrumentationOptions['openllmetry']>;
  readonly streamUsage: NonNullable<InstrumentationOptions['streamUsage']>;
};

/** What every resolved exporter has: what of it differs from the others has been merged in. */
interface Resolved {
  readonly name: string;
  readonly batch: BatchConfig;
  readonly retry: RetryConfig;
  readonly format?: SpanFormatter;
}

type Own<T> = Omit<T, keyof Resolved>;

/** One exporter with its defaults filled in: endpoint, credentials, sizes and a name of its own. */
export type ExporterConfig = Resolved &
  (
    | (Own<AgentOpsExporterOptions> & { readonly endpoint: string })
    | (Own<OtlpExporterOptions> & { readonly endpoint: string; readonly protocol: OtlpProtocol })
    | (Own<JaegerExporterOptions> & { readonly endpoint: string; readonly protocol: OtlpProtocol })
    | (Own<ZipkinExporterOptions> & { readonly endpoint: string })
    | Own<PostgresExporterOptions>
    | Own<ConsoleExporterOptions>
    | Own<FileExporterOptions>
    | { readonly type: 'custom'; readonly exporter: SpanExporter }
  );

export type OtlpProtocol = NonNullable<OtlpExporterOptions['protocol']>;
