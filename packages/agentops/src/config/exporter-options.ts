import type { ReadableSpan, SpanExporter } from '@opentelemetry/sdk-trace';
import type { BatchOptions, RetryOptions } from './options.ts';

/**
 * Maps a batch before it is exported, for example to rename attributes for one destination. It is given copies: what it
 * changes, other exporters do not see. Where it throws, the batch is exported as it was.
 */
export type SpanFormatter = (spans: readonly ReadableSpan[]) => readonly ReadableSpan[];

/** A module of the user's, by path (relative to the file that names it) or package name. Its default export is used. */
export interface ModuleOption {
  readonly module: string;
  /** Handed to the module where it exports a function or a class. */
  readonly options?: Readonly<Record<string, unknown>> | undefined;
}

/** What every exporter can be given, whatever its type. */
export interface CommonExporterOptions {
  /**
   * Stands in figures and messages, and tells its spool from those of others. Default: the type, and a number from the
   * second of one type on (`otlp`, `otlp-2`).
   */
  readonly name?: string | undefined;
  /** Where it differs from `batch` of all. `queueBytes` is one budget for the process and not settable here. */
  readonly batch?: Omit<BatchOptions, 'queueBytes'> | undefined;
  /** Where it differs from `retry` of all. */
  readonly retry?: RetryOptions | undefined;
  readonly format?: SpanFormatter | ModuleOption | undefined;
}

/** What every exporter that crosses the network can be given. */
export interface NetworkOptions extends CommonExporterOptions {
  /** Further request headers (metadata, over gRPC). */
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /** Sent as `Authorization: Bearer …`. */
  readonly token?: string | undefined;
  /** Allows credentials in plain text to hosts other than loopback. */
  readonly insecure?: boolean | undefined;
  readonly tls?: TlsOptions | undefined;
  /** Of requests. Default `none`. */
  readonly compression?: 'none' | 'gzip' | undefined;
}

/** Each of the three is a path or the PEM text itself. */
export interface TlsOptions {
  /** The authorities to trust instead of the system's. */
  readonly ca?: string | undefined;
  /** Of the client, for mutual TLS; together with `key`. */
  readonly cert?: string | undefined;
  readonly key?: string | undefined;
  /** The name the server's certificate is checked against, where it differs from the host. */
  readonly serverName?: string | undefined;
}

/** The AgentOps backend. */
export interface AgentOpsExporterOptions extends Omit<NetworkOptions, 'token'> {
  readonly type: 'agentops';
  /** Base URL. Default `http://localhost:4600`. */
  readonly endpoint?: string | undefined;
  /** Sent as `Authorization: Bearer …`; refused over plain HTTP to anything but loopback unless `insecure` is set. */
  readonly apiKey?: string | undefined;
}

/** Any OTLP backend. */
export interface OtlpExporterOptions extends NetworkOptions {
  readonly type: 'otlp';
  /**
   * A base URL (`/v1/traces` is appended), a URL that ends in `/v1/traces`, or `host:port`, which means gRPC. Default
   * `http://localhost:4318`, over gRPC `http://localhost:4317`. Environment: `OTEL_EXPORTER_OTLP_ENDPOINT`.
   */
  readonly endpoint?: string | undefined;
  /** Default: what the endpoint means, else `http/protobuf`. Environment: `OTEL_EXPORTER_OTLP_PROTOCOL`. */
  readonly protocol?: 'http/protobuf' | 'http/json' | 'grpc' | undefined;
}

/** Jaeger, by OTLP. */
export interface JaegerExporterOptions extends Omit<OtlpExporterOptions, 'type'> {
  readonly type: 'jaeger';
}

export interface ZipkinExporterOptions extends NetworkOptions {
  readonly type: 'zipkin';
  /** Default `http://localhost:9411/api/v2/spans`. Environment: `OTEL_EXPORTER_ZIPKIN_ENDPOINT`. */
  readonly endpoint?: string | undefined;
}

/** PostgreSQL, without a backend between; needs `@agentops/postgres` installed. */
export interface PostgresExporterOptions extends CommonExporterOptions {
  readonly type: 'postgres';
  /** Environment: `AGENTOPS_POSTGRES_URL`, then `AGENTOPS_POSTGRES_*`, then `PG*`. */
  readonly url?: string | undefined;
  readonly host?: string | undefined;
  readonly port?: number | undefined;
  readonly user?: string | undefined;
  readonly password?: string | undefined;
  readonly database?: string | undefined;
  /** PostgreSQL's own modes. Default `prefer`. */
  readonly tls?: (TlsOptions & { readonly mode?: PostgresTlsMode | undefined }) | undefined;
  /** Default `agentops`. */
  readonly schema?: string | undefined;
  /** The table of the spans, within the schema. Default `spans`. */
  readonly table?: string | undefined;
  /** Connections at most. Default 2. */
  readonly poolSize?: number | undefined;
  /** Whose spans they are. Default `default`. */
  readonly project?: string | undefined;
  /** Make and upgrade the schema. Default true; false where the user of the database may not. */
  readonly migrate?: boolean | undefined;
  /** Keep the totals of traces and sessions up to date. Default true; false where a backend on the same database does. */
  readonly rollups?: boolean | undefined;
  /** Store spans of any time. Default false: a session that began more than 30 days ago, or after tomorrow, is rejected. */
  readonly anyTime?: boolean | undefined;
}

export type PostgresTlsMode = 'disable' | 'allow' | 'prefer' | 'require' | 'verify-ca' | 'verify-full';

/** Prints every session as a tree when it ends. */
export interface ConsoleExporterOptions extends CommonExporterOptions {
  readonly type: 'console';
}

/** One OTLP JSON request a line, as the OpenTelemetry Collector's file exporter and receiver have it. */
export interface FileExporterOptions extends CommonExporterOptions {
  readonly type: 'file';
  readonly path: string;
}

/** A `SpanExporter` of the user's own, with what every exporter can be given. */
export interface CustomExporterOptions extends CommonExporterOptions {
  readonly type: 'custom';
  readonly exporter: SpanExporter | ModuleOption;
}

/** One destination of the spans: by configuration, or any OpenTelemetry `SpanExporter`. */
export type ExporterOption =
  | AgentOpsExporterOptions
  | OtlpExporterOptions
  | JaegerExporterOptions
  | ZipkinExporterOptions
  | PostgresExporterOptions
  | ConsoleExporterOptions
  | FileExporterOptions
  | CustomExporterOptions
  | SpanExporter;
