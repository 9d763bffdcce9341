import type { MeterProvider } from '@opentelemetry/api';
import type { IMetricReader, ViewOptions } from '@opentelemetry/sdk-metrics';
import type { OtlpExporterOptions } from './exporter-options.ts';
import type { Duration } from './units.ts';

/** What the SDK counts and times. */
export interface MetricsOptions {
  /** An endpoint that Prometheus scrapes. Default off; `true` for 127.0.0.1:9464. */
  readonly prometheus?: boolean | PrometheusOptions | undefined;
  /** Sends them by OTLP. Default off; `true` for the defaults of OTLP. */
  readonly otlp?: boolean | OtlpMetricsOptions | undefined;
  /** The application's own: then it reads and exports them. */
  readonly meterProvider?: MeterProvider | undefined;
  /** Further readers of our meter provider. */
  readonly readers?: readonly IMetricReader[] | undefined;
  /** Other names, buckets and aggregations. */
  readonly views?: readonly ViewOptions[] | undefined;
  /** Span attributes that become dimensions of the LLM metrics, besides model, provider and operation. */
  readonly dimensions?: readonly string[] | undefined;
  /** Series of one metric at most; further ones are counted together. Default 2000. */
  readonly cardinalityLimit?: number | undefined;
  /** Also under the older names `gen_ai.client.token.usage` and `gen_ai.client.operation.duration`. Default false. */
  readonly olderNames?: boolean | undefined;
}

export interface PrometheusOptions {
  /** Default 127.0.0.1. Environment: `OTEL_EXPORTER_PROMETHEUS_HOST`. */
  readonly host?: string | undefined;
  /** Default 9464. Environment: `OTEL_EXPORTER_PROMETHEUS_PORT`. */
  readonly port?: number | undefined;
}

export interface OtlpMetricsOptions
  extends Omit<OtlpExporterOptions, 'type' | 'name' | 'batch' | 'retry' | 'format'> {
  /** Default 60 s. Environment: `OTEL_METRIC_EXPORT_INTERVAL`. */
  readonly interval?: Duration | undefined;
}

/** How much the SDK says about itself; `silent` is nothing at all. */
export type LogLevel = 'silent' | 'error' | 'warn' | 'info' | 'debug';

/** What the SDK and `logger` write. */
export interface LogsOptions {
  /** Default `warn`. Environment: `AGENTOPS_LOG_LEVEL`, `OTEL_LOG_LEVEL`. */
  readonly level?: LogLevel | undefined;
  /** On standard error. `json` is one object a line. Default `text`. Environment: `AGENTOPS_LOG_FORMAT`. */
  readonly format?: 'text' | 'json' | undefined;
  /** Also exports them as OpenTelemetry logs. Default off; `true` for the defaults of OTLP. */
  readonly otlp?:
    | boolean
    | Omit<OtlpExporterOptions, 'type' | 'name' | 'batch' | 'retry' | 'format'>
    | undefined;
}
