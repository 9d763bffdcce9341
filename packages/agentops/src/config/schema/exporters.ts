import type { SpanExporter } from '@opentelemetry/sdk-trace';
import { z } from 'zod';
import type {
  AgentOpsExporterOptions,
  ConsoleExporterOptions,
  CustomExporterOptions,
  FileExporterOptions,
  OtlpExporterOptions,
  PostgresExporterOptions,
  SpanFormatter,
  TlsOptions,
  ZipkinExporterOptions,
} from '../exporter-options.ts';
import { closest } from '../nearest.ts';
import type { BatchOptions, RetryOptions } from '../options.ts';
import {
  byteSize,
  count,
  countTo,
  duration,
  fn,
  headers,
  httpUrl,
  implementing,
  orModule,
  otlpEndpoint,
  path,
  pem,
  port,
  postgresUrl,
  text,
} from './values.ts';

/** The keys of an options type, each with its schema: one that is missing or too many does not compile. */
export type Shape<T> = { readonly [K in keyof Required<T>]: z.ZodType };

const exporterBatch = {
  size: countTo(10_000).optional().describe('Spans in one export. Default 512.'),
  interval: duration.optional().describe('How long a span waits for others. Default 1s.'),
  queue: count
    .optional()
    .describe('Spans that may wait for one exporter; more go to the spool. Default 65536.'),
  timeout: duration.optional().describe('How long one attempt may take. Default 10s.'),
} satisfies Shape<Omit<BatchOptions, 'queueBytes'>>;

export const batch = z.strictObject({
  ...exporterBatch,
  queueBytes: byteSize
    .optional()
    .describe('What may wait in memory, for all exporters together; more goes to the spool. Default 64MiB.'),
} satisfies Shape<BatchOptions>);

export const retry = z.strictObject({
  initial: duration
    .optional()
    .describe('Before the second attempt; doubles from there, with jitter. Default 500ms.'),
  max: duration.optional().describe('Between attempts at most. Default 30s.'),
  attempts: countTo(100).optional().describe('Attempts in all. Default 8.'),
} satisfies Shape<RetryOptions>);

const common = {
  name: text
    .optional()
    .describe('Stands in figures and messages, and tells its spool from those of others. Default: the type.'),
  batch: z.strictObject(exporterBatch).optional().describe('Where it differs from batch of all.'),
  retry: retry.optional().describe('Where it differs from retry of all.'),
  format: orModule(fn<SpanFormatter>()).optional().describe('Maps a batch before it is exported.'),
};

const tls = {
  ca: pem.optional().describe("Authorities to trust instead of the system's: a path, or the PEM text."),
  cert: pem.optional().describe('Of the client, for mutual TLS; together with key. A path, or the PEM text.'),
  key: pem.optional().describe('Of the client, for mutual TLS; together with cert. A path, or the PEM text.'),
  serverName: text
    .optional()
    .describe('The name the certificate is checked against, where it is not the host.'),
} satisfies Shape<TlsOptions>;

const network = {
  headers: headers.optional().describe('Further request headers (metadata, over gRPC).'),
  token: text.optional().describe('Sent as "Authorization: Bearer …".'),
  insecure: z
    .boolean()
    .optional()
    .describe('Allows credentials in plain text to hosts other than loopback. Default false.'),
  tls: z.strictObject(tls).optional().describe('Own certificates.'),
  compression: z.enum(['none', 'gzip']).optional().describe('Of requests. Default none.'),
};
const { token: _, ...keyed } = network;

/** Of everything that goes by OTLP, spans or not. */
export const otlp = {
  ...network,
  endpoint: otlpEndpoint
    .optional()
    .describe('A base URL, a URL that ends in /v1/traces, or host:port, which means gRPC.'),
  protocol: z
    .enum(['http/protobuf', 'http/json', 'grpc'])
    .optional()
    .describe('Default: what the endpoint means, else http/protobuf.'),
};

const agentOpsExporter = z
  .strictObject({
    ...common,
    ...keyed,
    type: z.literal('agentops'),
    endpoint: httpUrl.optional().describe('Base URL. Default http://localhost:4600.'),
    apiKey: text
      .optional()
      .describe('Sent as "Authorization: Bearer …"; refused in plain text to anything but loopback.'),
  } satisfies Shape<AgentOpsExporterOptions>)
  .describe('The AgentOps backend.');

const otlpExporter = z
  .strictObject({ ...common, ...otlp, type: z.literal('otlp') } satisfies Shape<OtlpExporterOptions>)
  .describe('Any OTLP backend.');

const jaegerExporter = z
  .strictObject({ ...common, ...otlp, type: z.literal('jaeger') })
  .describe('Jaeger, by OTLP.');

const zipkinExporter = z
  .strictObject({
    ...common,
    ...network,
    type: z.literal('zipkin'),
    endpoint: httpUrl.optional().describe('Default http://localhost:9411/api/v2/spans.'),
  } satisfies Shape<ZipkinExporterOptions>)
  .describe('Zipkin.');

const postgresExporter = z
  .strictObject({
    ...common,
    type: z.literal('postgres'),
    url: postgresUrl
      .optional()
      .describe('postgres://user:password@host:port/database, or another URL of libpq.'),
    host: text.optional().describe('Instead of url.'),
    port: port.optional(),
    user: text.optional(),
    password: text.optional(),
    database: text.optional(),
    tls: z
      .strictObject({
        ...tls,
        mode: z
          .enum(['disable', 'allow', 'prefer', 'require', 'verify-ca', 'verify-full'])
          .optional()
          .describe("PostgreSQL's own modes. Default prefer."),
      })
      .optional(),
    schema: text.optional().describe('Default agentops.'),
    table: text.optional().describe('The table of the spans, within the schema. Default spans.'),
    poolSize: count.optional().describe('Connections at most. Default 2.'),
    project: text.optional().describe('Whose spans they are. Default default.'),
    migrate: z
      .boolean()
      .optional()
      .describe('Make and upgrade the schema. Default true; false where the user may not.'),
    rollups: z
      .boolean()
      .optional()
      .describe('Keep totals up to date. Default true; false where a backend on the database does.'),
    anyTime: z
      .boolean()
      .optional()
      .describe('Store spans of any time. Default false: 30 days back, one ahead.'),
  } satisfies Shape<PostgresExporterOptions>)
  .describe('PostgreSQL, without a backend between; needs @agentops/postgres installed.');

const consoleExporter = z
  .strictObject({ ...common, type: z.literal('console') } satisfies Shape<ConsoleExporterOptions>)
  .describe('Prints every session as a tree when it ends.');

const fileExporter = z
  .strictObject({ ...common, type: z.literal('file'), path } satisfies Shape<FileExporterOptions>)
  .describe('One OTLP JSON request a line.');

export const spanExporter = implementing<SpanExporter>('a SpanExporter', 'export', 'shutdown');

const customExporter = z
  .strictObject({
    ...common,
    type: z.literal('custom'),
    exporter: orModule(spanExporter),
  } satisfies Shape<CustomExporterOptions>)
  .describe('A SpanExporter of your own.');

const byType = [
  agentOpsExporter,
  otlpExporter,
  jaegerExporter,
  zipkinExporter,
  postgresExporter,
  consoleExporter,
  fileExporter,
  customExporter,
] as const;

/** The exporters that can be configured, by their type. */
export const EXPORTERS: Readonly<Record<string, z.ZodObject>> = Object.fromEntries(
  byType.map((schema) => [schema.shape.type.value, schema]),
);

const TYPES = Object.keys(EXPORTERS);

export const exporter = z.union(
  [z.discriminatedUnion('type', byType, { error: ({ input }) => unknownType(input) }), spanExporter],
  { error: ({ input }) => notAnExporter(input) },
);

function unknownType(item: unknown): string {
  const type = isRecord(item) ? item.type : undefined;
  const accepted = `expected one of ${TYPES.join(', ')}`;
  return `${accepted}${closest(type, TYPES)}`;
}

function notAnExporter(item: unknown): string {
  if (isRecord(item) && 'type' in item) return unknownType(item);
  const example = typeof item === 'string' && TYPES.includes(item) ? item : 'otlp';
  return `expected options with a type, such as { type: ${example} }, or a SpanExporter object; types are ${TYPES.join(', ')}`;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}
