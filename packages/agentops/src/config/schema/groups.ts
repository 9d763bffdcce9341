import type { MeterProvider, TextMapPropagator } from '@opentelemetry/api';
import type { IMetricReader, ViewOptions } from '@opentelemetry/sdk-metrics';
import type { Sampler } from '@opentelemetry/sdk-trace';
import { z } from 'zod';
import type { InstrumentationOptions, OtelInstrumentation } from '../instrumentation-options.ts';
import { closest } from '../nearest.ts';
import type { LogsOptions, MetricsOptions, PrometheusOptions } from '../observability-options.ts';
import type { SessionModeOptions, SpoolOptions } from '../options.ts';
import type {
  BaggageOptions,
  ContentOptions,
  ContextOptions,
  KeepOptions,
  LiveOptions,
  RedactionFunction,
  SamplingOptions,
  SamplingRule,
} from '../pipeline-options.ts';
import { otlp, type Shape } from './exporters.ts';
import {
  amount,
  attributeValue,
  byteSize,
  count,
  duration,
  fn,
  implementing,
  module,
  objects,
  orModule,
  orOff,
  orSwitch,
  path,
  port,
  probability,
  text,
  texts,
} from './values.ts';

export const session = z.strictObject({
  mode: z
    .enum(['single', 'multi'])
    .optional()
    .describe("Whether calls outside every session's context mean the one open session. Default single."),
  autoStart: z
    .boolean()
    .optional()
    .describe('In single mode: the first agent or event starts a session where there is none. Default true.'),
  continueFromEnvironment: z
    .boolean()
    .optional()
    .describe(
      'The session that is started so is a part of the one that TRACEPARENT names, where a parent process has set it. Default false.',
    ),
  hostEnvironment: z
    .boolean()
    .optional()
    .describe(
      "Operating system, runtime and process on the Resource, without the host's name. Default true.",
    ),
} satisfies Shape<SessionModeOptions>);

export const spool = orOff(
  z.strictObject({
    directory: path.optional().describe('A folder per service is made in it.'),
    maxBytes: byteSize
      .optional()
      .describe('On disk for one exporter; beyond that the oldest spans are dropped. Default 256MiB.'),
  } satisfies Shape<SpoolOptions>),
);

const rule = z.strictObject({
  match: z.strictObject({
    name: text.optional().describe("The session's name; * stands for any characters."),
    tags: texts.optional().describe("At least one of these is among the session's tags."),
    attributes: z
      .record(z.string(), attributeValue)
      .optional()
      .describe("Each equals the root's attribute of that name; in texts * stands for any characters."),
  } satisfies Shape<SamplingRule['match']>),
  rate: probability,
} satisfies Shape<SamplingRule>);

const keep = z.strictObject({
  errors: z.boolean().optional().describe('Sessions in which a span failed.'),
  duration: duration.optional().describe('Sessions that took this long or longer.'),
  cost: amount.optional().describe('Sessions that cost this much (USD) or more.'),
  maxBytes: byteSize.optional().describe('In memory, for all sessions that are held. Default 32MiB.'),
} satisfies Shape<KeepOptions>);

export const sampler = implementing<Sampler>('a Sampler', 'shouldSample');

export const sampling = z.strictObject({
  rate: probability.optional().describe('The part of the sessions that no rule names, 0 to 1. Default 1.'),
  rules: z.array(rule).optional().describe('The first that matches decides.'),
  target: amount.optional().describe('Sessions a second to keep at most, instead of a fixed rate.'),
  sampler: orModule(sampler).optional().describe('Asked instead of rate, target and rules.'),
  keep: keep.optional().describe('Keeps sessions that were not sampled, for what became of them.'),
} satisfies Shape<SamplingOptions>);

export const context = z.strictObject({
  propagation: z
    .array(z.enum(['w3c', 'b3', 'b3multi']))
    .optional()
    .describe('Written in all of these formats; read from the first that is there. Default [w3c].'),
  propagator: implementing<TextMapPropagator>(
    'a TextMapPropagator',
    'inject',
    'extract',
    'fields',
  ).optional(),
  hosts: texts
    .optional()
    .describe('Hosts that trace headers are sent to; * stands for any characters. Default: all.'),
  trustIncoming: z
    .enum(['none', 'internal', 'all'])
    .optional()
    .describe('Whose trace context and baggage are taken. Default internal.'),
  baggage: z
    .strictObject({
      hosts: texts.optional().describe('Hosts that baggage is sent to; * stands for any characters.'),
      attributes: texts
        .optional()
        .describe('Baggage entries that become attributes of the spans below them; * at the end as above.'),
    } satisfies Shape<BaggageOptions>)
    .optional(),
} satisfies Shape<ContextOptions>);

const redactionFunction = fn<RedactionFunction>();

const pattern = z.strictObject({
  pattern: z.union(
    [z.instanceof(RegExp), text.refine((source) => faultIn(source) === undefined, { error: notAPattern })],
    { error: notAPattern },
  ),
  replacement: z.string().optional().describe('Default [redacted].'),
});
const keys = z.strictObject({
  keys: texts.min(1).describe('Names of attributes, and of keys in JSON; * stands for any characters.'),
  replacement: z.string().optional().describe('Default [redacted].'),
});
const RULES = ['secrets', 'emails', 'cards'] as const;
const redaction = z.union([z.enum(RULES), pattern, keys, module, redactionFunction], {
  error: ({ input }) =>
    `expected ${RULES.join(', ')}, { pattern }, { keys }, { module } or a function${closest(input, RULES)}`,
});

export const content = z.strictObject({
  capture: z
    .boolean()
    .optional()
    .describe('Records messages, tool arguments and results, inputs and outputs. Default true.'),
  maxLength: byteSize
    .optional()
    .describe("Of one attribute's text; what is longer is cut, after redaction. Default: no limit."),
  redact: z
    .union([z.literal(false), z.array(redaction)], { error: 'expected false, or a list of rules' })
    .optional()
    .describe('What is masked before any exporter sees it. Default [secrets]; a list replaces the default.'),
} satisfies Shape<ContentOptions>);

export const live = orOff(
  z.strictObject({
    interval: duration
      .optional()
      .describe("How often running spans and the session's heartbeat are sent. Default 5s."),
    attributes: z.record(z.string(), attributeValue).optional().describe('Stand on every live snapshot.'),
  } satisfies Shape<LiveOptions>),
);

export const metrics = orOff(
  z.strictObject({
    prometheus: orSwitch(
      z.strictObject({
        host: text.optional().describe('Default 127.0.0.1.'),
        port: port.optional().describe('Default 9464.'),
      } satisfies Shape<PrometheusOptions>),
    )
      .optional()
      .describe('An endpoint that Prometheus scrapes. Default false.'),
    otlp: orSwitch(z.strictObject({ ...otlp, interval: duration.optional().describe('Default 60s.') }))
      .optional()
      .describe('Sends them by OTLP. Default false.'),
    meterProvider: implementing<MeterProvider>('a MeterProvider', 'getMeter').optional(),
    readers: objects<IMetricReader>('metric readers').optional(),
    views: z
      .array(z.custom<ViewOptions>(isObject, { error: 'expected an object of view options' }))
      .optional()
      .describe('Other names, buckets and aggregations, as OpenTelemetry has them.'),
    dimensions: texts
      .optional()
      .describe('Span attributes that become dimensions of the LLM metrics, besides model and provider.'),
    cardinalityLimit: count.optional().describe('Series of one metric at most. Default 2000.'),
    olderNames: z.boolean().optional().describe('Also under the older gen_ai.client.* names. Default false.'),
  } satisfies Shape<MetricsOptions>),
);

export const logs = z.strictObject({
  level: z.enum(['silent', 'error', 'warn', 'info', 'debug']).optional().describe('Default warn.'),
  format: z.enum(['text', 'json']).optional().describe('On standard error. Default text.'),
  otlp: orSwitch(z.strictObject(otlp))
    .optional()
    .describe('Also exports them as OpenTelemetry logs. Default false.'),
} satisfies Shape<LogsOptions>);

export const instrumentations = z.strictObject({
  openai: z.boolean().optional().describe('Every client of the openai package.'),
  anthropic: z.boolean().optional().describe('Every client of the @anthropic-ai/sdk package.'),
  google: z.boolean().optional().describe('Every client of the @google/genai package.'),
  http: z
    .boolean()
    .optional()
    .describe(
      'Every request of fetch, undici and node:http has a span and carries the trace. Default false.',
    ),
  streamUsage: z
    .union([z.boolean(), texts], { error: 'expected true, false, or a list of hosts' })
    .optional()
    .describe(
      "Asks OpenAI's streams for their token counts, and hides that: true where the server is known to understand, or a list of further hosts. Default false.",
    ),
  openllmetry: z
    .union([z.enum(['auto']), z.literal(false), texts], { error: 'expected auto, false, or a list of names' })
    .optional()
    .describe("OpenLLMetry's instrumentations: auto for all that are installed. Default false."),
  others: objects<OtelInstrumentation>(
    'Instrumentation objects',
    'setTracerProvider',
    'enable',
    'disable',
  ).optional(),
  denyScopes: texts
    .optional()
    .describe('Instrumentation scopes whose spans are not exported; * stands for any characters.'),
} satisfies Shape<InstrumentationOptions>);

function notAPattern({ input }: { readonly input?: unknown }): string {
  const fault = typeof input === 'string' ? faultIn(input) : undefined;
  return `expected a regular expression${fault === undefined ? '' : `; ${fault}`}`;
}

/** What is wrong with a regular expression. */
function faultIn(source: string): string | undefined {
  try {
    new RegExp(source);
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

function isObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
