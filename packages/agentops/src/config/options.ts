import type { Attributes } from '@opentelemetry/api';
import type { SpanProcessor } from '@opentelemetry/sdk-trace';
import type { AgentOpsError } from '../errors.ts';
import type { ExporterOption, ModuleOption } from './exporter-options.ts';
import type { InstrumentationOptions } from './instrumentation-options.ts';
import type { LogsOptions, MetricsOptions } from './observability-options.ts';
import type { ContentOptions, ContextOptions, LiveOptions, SamplingOptions } from './pipeline-options.ts';
import type { ModelPrice } from './price-options.ts';
import type { ByteSize, Duration } from './units.ts';

/**
 * Everything `init` accepts; all optional. Code wins over the environment, the environment over the file, the file over
 * defaults. In the file (`agentops.yaml`) the same names stand under `telemetry:` in snake_case.
 */
export interface InitOptions {
  /** Short for the `apiKey` of the default exporter. Environment: `AGENTOPS_API_KEY`. */
  readonly apiKey?: string | undefined;
  /** Short for the `endpoint` of the default exporter. Environment: `AGENTOPS_ENDPOINT`. */
  readonly endpoint?: string | undefined;
  /** Short for `insecure` of the default exporter. Environment: `AGENTOPS_INSECURE`. */
  readonly insecure?: boolean | undefined;
  /** Default `agentops`. Environment: `AGENTOPS_SERVICE_NAME`, `OTEL_SERVICE_NAME`. */
  readonly serviceName?: string | undefined;
  readonly serviceVersion?: string | undefined;
  /** The deployment's name, such as `production`. Environment: `AGENTOPS_ENVIRONMENT`. */
  readonly environment?: string | undefined;
  /** Further attributes of the Resource. Environment: `OTEL_RESOURCE_ATTRIBUTES`. */
  readonly resource?: Attributes | undefined;
  /** Where spans go; a list replaces a lower one whole. Default: one `agentops` exporter. An empty list exports nothing. */
  readonly exporters?: readonly ExporterOption[] | undefined;
  /** Processors of your own; they see every span before the exporters do. */
  readonly processors?: readonly (SpanProcessor | ModuleOption)[] | undefined;
  readonly sampling?: SamplingOptions | undefined;
  readonly context?: ContextOptions | undefined;
  readonly session?: SessionModeOptions | undefined;
  readonly batch?: BatchOptions | undefined;
  readonly retry?: RetryOptions | undefined;
  /** Where spans wait on disk for their exporter; `false` for nowhere: they are then dropped and counted. */
  readonly spool?: SpoolOptions | false | undefined;
  readonly content?: ContentOptions | undefined;
  readonly live?: LiveOptions | false | undefined;
  readonly metrics?: MetricsOptions | false | undefined;
  readonly logs?: LogsOptions | undefined;
  /** Libraries that are instrumented by themselves, without `instrument` around each client. */
  readonly instrumentations?: InstrumentationOptions | undefined;
  /**
   * What models cost, where the price list does not know them or you pay something else. The first that fits a model
   * holds. Environment, for input and output in USD for a million tokens: `AGENTOPS_PRICES=house-*=2.5/10,other=1/4`.
   */
  readonly prices?: readonly ModelPrice[] | undefined;
  /** Called with every error inside the SDK; the program itself never sees one. */
  readonly onError?: ((error: AgentOpsError) => void) | undefined;
  /**
   * For platforms that freeze a program between requests: given, when a session ends, a promise of the delivery that the
   * platform is to wait for, as `waitUntil` of `@vercel/functions` or of an edge worker's context.
   */
  readonly waitUntil?: ((delivery: Promise<void>) => void) | undefined;
  /**
   * The YAML file; `false` for none. Default `agentops.yaml` in the working directory, where there is one. Environment:
   * `AGENTOPS_CONFIG`.
   */
  readonly configFile?: string | false | undefined;
  /** Reads the file again when it changes, and applies what can be changed while running. Default false. */
  readonly watch?: boolean | undefined;
  /** Wrong values in environment and file throw too, instead of being reported and left out. Environment: `AGENTOPS_STRICT`. */
  readonly strict?: boolean | undefined;
  /** Turns everything into a no-op. Environment: `AGENTOPS_DISABLED`, `OTEL_SDK_DISABLED`. */
  readonly disabled?: boolean | undefined;
}

/** What can be changed while running; see `TelemetryManager.update`. */
export interface TelemetryUpdate {
  readonly batch?: Pick<BatchOptions, 'size' | 'interval'> | undefined;
  readonly sampling?: SamplingOptions | undefined;
}

export interface SessionModeOptions {
  /**
   * `single` (default): calls outside every session's context mean the one open session. `multi`: many sessions at
   * once; such calls are refused. Environment: `AGENTOPS_SESSION_MODE`.
   */
  readonly mode?: 'single' | 'multi' | undefined;
  /** In `single` mode: the first agent or event starts a session where there is none. Default true. */
  readonly autoStart?: boolean | undefined;
  /**
   * The session that `autoStart` starts is a part of the parent process's, which its environment names
   * (`TRACEPARENT`; see `TraceContext.toEnvironment`). Default false, since who runs a program (a CI job, a service manager)
   * may have set the variable for a trace of its own.
   */
  readonly continueFromEnvironment?: boolean | undefined;
  /** Operating system, runtime and process on the Resource, without the host's name. Default true. */
  readonly hostEnvironment?: boolean | undefined;
}

export interface BatchOptions {
  /** Spans in one export. 1 to 10,000, default 512. Environment: `OTEL_BSP_MAX_EXPORT_BATCH_SIZE`. */
  readonly size?: number | undefined;
  /** Milliseconds a span waits for others. Default 1000. Environment: `OTEL_BSP_SCHEDULE_DELAY`. */
  readonly interval?: Duration | undefined;
  /** Spans that may wait for one exporter; more go to the spool. Default 65,536. Environment: `OTEL_BSP_MAX_QUEUE_SIZE`. */
  readonly queue?: number | undefined;
  /** Bytes of spans that may wait in memory, for all exporters together; more go to the spool. Default 64 MiB. */
  readonly queueBytes?: ByteSize | undefined;
  /** Milliseconds one attempt may take. Default 10,000. Environment: `OTEL_BSP_EXPORT_TIMEOUT`. */
  readonly timeout?: Duration | undefined;
}

export interface RetryOptions {
  /** Milliseconds before the second attempt; doubles from there, with jitter. Default 500. */
  readonly initial?: Duration | undefined;
  /** Milliseconds between attempts at most. Default 30,000. */
  readonly max?: Duration | undefined;
  /** Attempts in all. 1 to 100, default 8. */
  readonly attempts?: number | undefined;
}

export interface SpoolOptions {
  /**
   * A folder per service is made in it. Default `$XDG_STATE_HOME/agentops/spool`, and without that variable
   * `~/.local/state/agentops/spool`. Environment: `AGENTOPS_SPOOL_DIR`.
   */
  readonly directory?: string | undefined;
  /** Bytes on disk for one exporter; beyond that the oldest spans are dropped and counted. Default 256 MiB. */
  readonly maxBytes?: ByteSize | undefined;
}
