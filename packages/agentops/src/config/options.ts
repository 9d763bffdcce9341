import type { Attributes, TextMapPropagator } from '@opentelemetry/api';
import type { Sampler, SpanExporter, SpanProcessor } from '@opentelemetry/sdk-trace';
import type { AgentOpsError } from '../errors.ts';
import type { LogLevel } from '../reporter.ts';

/** The AgentOps backend, or anything else that takes OTLP/HTTP under `<endpoint>/v1/traces`. */
export interface AgentOpsExporterOptions {
  readonly type: 'agentops';
  /** Base URL. Default `http://localhost:4600`. */
  readonly endpoint?: string;
  /** Sent as `Authorization: Bearer …`; refused over plain HTTP to anything but loopback unless `insecure` is set. */
  readonly apiKey?: string;
  /** Further request headers. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Allows credentials over plain HTTP to hosts other than loopback. */
  readonly insecure?: boolean;
}

/** Prints every session as a tree when it ends. */
export interface ConsoleExporterOptions {
  readonly type: 'console';
}

/** One destination of the spans: by configuration, or any OpenTelemetry `SpanExporter`. */
export type ExporterOption = AgentOpsExporterOptions | ConsoleExporterOptions | SpanExporter;

/** Everything `init` accepts; all optional. Code wins over the environment, the environment over defaults. */
export interface InitOptions {
  /** Short for the `apiKey` of the default exporter. Environment: `AGENTOPS_API_KEY`. */
  readonly apiKey?: string;
  /** Short for the `endpoint` of the default exporter. Environment: `AGENTOPS_ENDPOINT`. */
  readonly endpoint?: string;
  /** Short for `insecure` of the default exporter. Environment: `AGENTOPS_INSECURE`. */
  readonly insecure?: boolean;
  /** Default `agentops`. Environment: `AGENTOPS_SERVICE_NAME`, `OTEL_SERVICE_NAME`. */
  readonly serviceName?: string;
  readonly serviceVersion?: string;
  /** The deployment's name, such as `production`. Environment: `AGENTOPS_ENVIRONMENT`. */
  readonly environment?: string;
  /** Further attributes of the Resource. Environment: `OTEL_RESOURCE_ATTRIBUTES`. */
  readonly resource?: Attributes;
  /** Where spans go; a list replaces the default (one `agentops` exporter) whole. An empty list exports nothing. */
  readonly exporters?: readonly ExporterOption[];
  /** Processors of your own; they see every span before the exporters do. */
  readonly spanProcessors?: readonly SpanProcessor[];
  /** Asked once per session, at its root; children follow. Default: everything. */
  readonly sampler?: Sampler;
  /** Registered globally. Default: W3C trace context. */
  readonly propagator?: TextMapPropagator;
  readonly session?: SessionModeOptions;
  readonly batch?: BatchOptions;
  readonly retry?: RetryOptions;
  /** Where spans wait on disk for their exporter; `false` for nowhere: they are then dropped and counted. */
  readonly spool?: SpoolOptions | false;
  readonly content?: ContentOptions;
  /** How much the SDK says about itself on standard error; default `warn`. Environment: `AGENTOPS_LOG_LEVEL`. */
  readonly logLevel?: LogLevel;
  /** Called with every error inside the SDK; the program itself never sees one. */
  readonly onError?: (error: AgentOpsError) => void;
  /** Turns everything into a no-op. Environment: `AGENTOPS_DISABLED`, `OTEL_SDK_DISABLED`. */
  readonly disabled?: boolean;
}

export interface SessionModeOptions {
  /**
   * `single` (default): calls outside every session's context mean the one open session. `multi`: many sessions at
   * once; such calls are refused. Environment: `AGENTOPS_SESSION_MODE`.
   */
  readonly mode?: 'single' | 'multi';
  /** In `single` mode: the first agent or event starts a session where there is none. Default true. */
  readonly autoStart?: boolean;
  /** Operating system, runtime and process on the Resource, without the host's name. Default true. */
  readonly hostEnvironment?: boolean;
}

export interface BatchOptions {
  /** Spans in one export. 1 to 10,000, default 512. Environment: `OTEL_BSP_MAX_EXPORT_BATCH_SIZE`. */
  readonly size?: number;
  /** Milliseconds a span waits for others. Default 1000. Environment: `OTEL_BSP_SCHEDULE_DELAY`. */
  readonly interval?: number;
  /** Spans that may wait for one exporter; more go to the spool. Default 65,536. Environment: `OTEL_BSP_MAX_QUEUE_SIZE`. */
  readonly queue?: number;
  /** Milliseconds one attempt may take. Default 10,000. Environment: `OTEL_BSP_EXPORT_TIMEOUT`. */
  readonly timeout?: number;
}

export interface RetryOptions {
  /** Milliseconds before the second attempt; doubles from there, with jitter. Default 500. */
  readonly initial?: number;
  /** Milliseconds between attempts at most. Default 30,000. */
  readonly max?: number;
  /** Attempts in all. 1 to 100, default 8. */
  readonly attempts?: number;
}

export interface SpoolOptions {
  /**
   * A folder per service is made in it. Default `$XDG_STATE_HOME/agentops/spool`, and without that variable
   * `~/.local/state/agentops/spool`. Environment: `AGENTOPS_SPOOL_DIR`.
   */
  readonly directory?: string;
  /** Bytes on disk for one exporter; beyond that the oldest spans are dropped and counted. Default 256 MiB. */
  readonly maxBytes?: number;
}

export interface ContentOptions {
  /**
   * Records messages, tool arguments and results, inputs and outputs. Default true. Environment:
   * `AGENTOPS_CAPTURE_CONTENT`. Off, only structure, timing, tokens and cost are recorded.
   */
  readonly capture?: boolean;
}
