/**
 * Every metric the SDK makes: name, unit, meaning and buckets, in one place. Names under `gen_ai.` follow the
 * OpenTelemetry GenAI semantic conventions ("Development" status), names under `otel.sdk.` those for the metrics of SDKs;
 * names under `agentops.` are ours.
 */

/** One metric, as it is handed to a meter. */
export interface MetricConvention {
  readonly name: string;
  /** UCUM. */
  readonly unit: string;
  readonly description: string;
  /** Upper bounds of a histogram's buckets. */
  readonly boundaries?: readonly number[];
}

/** 0.01 s to 81.92 s, doubling: what the GenAI conventions ask for. */
const CALL_SECONDS = [
  0.01, 0.02, 0.04, 0.08, 0.16, 0.32, 0.64, 1.28, 2.56, 5.12, 10.24, 20.48, 40.96, 81.92,
] as const;

const EXPORT_SECONDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30] as const;

/** Up to an hour: a destination that is away for a while is what this is about. */
const DELAY_SECONDS = [0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 900, 3600] as const;

/** One span to the largest batch that can be configured. */
const BATCH_SPANS = [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024, 2048, 4096, 10_000] as const;

/** A question and its answer up to a run of a night. */
const SESSION_SECONDS = [0.1, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 600, 1800, 3600, 14_400, 43_200] as const;

const SESSION_SPANS = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000, 20_000] as const;

const DOLLARS = [0.0001, 0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 10, 50, 100] as const;

const TOKENS = [
  1, 4, 16, 64, 256, 1024, 4096, 16_384, 65_536, 262_144, 1_048_576, 4_194_304, 16_777_216, 67_108_864,
] as const;

export const SPANS_ENDED = {
  name: 'agentops.spans.ended',
  unit: '{span}',
  description: 'Spans an exporter was given.',
} as const satisfies MetricConvention;

export const SPANS_RECOVERED = {
  name: 'agentops.spans.recovered',
  unit: '{span}',
  description: 'Spans of earlier processes that an exporter found in its spool.',
} as const satisfies MetricConvention;

export const SPANS_DELIVERED = {
  name: 'agentops.spans.delivered',
  unit: '{span}',
  description: 'Spans the destination has confirmed.',
} as const satisfies MetricConvention;

export const SPANS_DROPPED = {
  name: 'agentops.spans.dropped',
  unit: '{span}',
  description: 'Spans that were lost, by reason.',
} as const satisfies MetricConvention;

export const SPANS_PENDING = {
  name: 'agentops.spans.pending',
  unit: '{span}',
  description: 'Spans that wait in memory or are under way from there.',
} as const satisfies MetricConvention;

export const SPANS_SPOOLED = {
  name: 'agentops.spans.spooled',
  unit: '{span}',
  description: 'Spans that wait on disk.',
} as const satisfies MetricConvention;

export const EXPORT_ATTEMPTS = {
  name: 'agentops.export.attempts',
  unit: '{attempt}',
  description: 'Attempts to send a batch.',
} as const satisfies MetricConvention;

export const EXPORT_FAILURES = {
  name: 'agentops.export.failures',
  unit: '{attempt}',
  description: 'Attempts that failed, by kind of failure.',
} as const satisfies MetricConvention;

export const EXPORT_RETRIES = {
  name: 'agentops.export.retries',
  unit: '{attempt}',
  description: 'Attempts with a batch that had failed before.',
} as const satisfies MetricConvention;

export const EXPORT_DURATION = {
  name: 'agentops.export.duration',
  unit: 's',
  description: 'Time of one attempt.',
  boundaries: EXPORT_SECONDS,
} as const satisfies MetricConvention;

export const EXPORT_BATCH_SIZE = {
  name: 'agentops.export.batch.size',
  unit: '{span}',
  description: 'Spans in a batch.',
  boundaries: BATCH_SPANS,
} as const satisfies MetricConvention;

export const EXPORT_DELAY = {
  name: 'agentops.export.delay',
  unit: 's',
  description:
    'Time from the end of a span to its confirmation: of each batch the shortest, the median and the longest.',
  boundaries: DELAY_SECONDS,
} as const satisfies MetricConvention;

export const SPOOL_BYTES = {
  name: 'agentops.spool.bytes',
  unit: 'By',
  description: 'Size of the spool files this process works with.',
} as const satisfies MetricConvention;

export const SPOOL_RECORDS = {
  name: 'agentops.spool.records',
  unit: '{batch}',
  description: 'Batches that wait in those files.',
} as const satisfies MetricConvention;

export const SPOOL_OLDEST_AGE = {
  name: 'agentops.spool.oldest_age',
  unit: 's',
  description: 'Time the oldest of them has waited; 0 where none waits.',
} as const satisfies MetricConvention;

export const QUEUE_BYTES = {
  name: 'agentops.queue.bytes',
  unit: 'By',
  description: 'Estimated size of the spans that wait in memory, for all exporters together.',
} as const satisfies MetricConvention;

export const QUEUE_BYTES_LIMIT = {
  name: 'agentops.queue.bytes.limit',
  unit: 'By',
  description: 'What it may reach: batch.queueBytes.',
} as const satisfies MetricConvention;

export const PROCESS_MEMORY = {
  name: 'agentops.process.memory',
  unit: 'By',
  description: 'Memory of the process, by kind.',
} as const satisfies MetricConvention;

export const SESSIONS_ACTIVE = {
  name: 'agentops.sessions.active',
  unit: '{session}',
  description: 'Sessions that have started and not ended.',
} as const satisfies MetricConvention;

export const SESSIONS_ENDED = {
  name: 'agentops.sessions.ended',
  unit: '{session}',
  description: 'Sessions that have ended, by end state.',
} as const satisfies MetricConvention;

export const SESSION_SPANS_COUNT = {
  name: 'agentops.session.spans',
  unit: '{span}',
  description: 'Spans of a session.',
  boundaries: SESSION_SPANS,
} as const satisfies MetricConvention;

export const SESSION_DURATION = {
  name: 'agentops.session.duration',
  unit: 's',
  description: 'Time from the start of a session to its end.',
  boundaries: SESSION_SECONDS,
} as const satisfies MetricConvention;

export const SESSION_COST = {
  name: 'agentops.session.cost',
  unit: '{USD}',
  description: 'List price of the LLM calls of a session that has priced ones.',
  boundaries: DOLLARS,
} as const satisfies MetricConvention;

export const LLM_COST = {
  name: 'agentops.llm.cost',
  unit: '{USD}',
  description: 'List price of LLM calls.',
} as const satisfies MetricConvention;

export const INFERENCE_DURATION = {
  name: 'gen_ai.client.inference.duration',
  unit: 's',
  description: 'Time of an LLM call, from the request to the end of the answer.',
  boundaries: CALL_SECONDS,
} as const satisfies MetricConvention;

export const INFERENCE_TIME_TO_FIRST_CHUNK = {
  name: 'gen_ai.client.inference.time_to_first_chunk',
  unit: 's',
  description: 'Time from the request to the first chunk of a streamed answer.',
  boundaries: CALL_SECONDS,
} as const satisfies MetricConvention;

export const USAGE_INPUT_TOKENS = {
  name: 'gen_ai.client.inference.usage.input_tokens',
  unit: '{token}',
  description: 'Tokens of requests, cached ones included.',
} as const satisfies MetricConvention;

export const USAGE_OUTPUT_TOKENS = {
  name: 'gen_ai.client.inference.usage.output_tokens',
  unit: '{token}',
  description: 'Tokens of answers, reasoning included.',
} as const satisfies MetricConvention;

export const USAGE_CACHE_READ_TOKENS = {
  name: 'gen_ai.client.inference.usage.cache_read.input_tokens',
  unit: '{token}',
  description: "Tokens of requests that were served from the provider's cache.",
} as const satisfies MetricConvention;

export const USAGE_CACHE_WRITE_TOKENS = {
  name: 'gen_ai.client.inference.usage.cache_write.input_tokens',
  unit: '{token}',
  description: "Tokens of requests that were written to the provider's cache.",
} as const satisfies MetricConvention;

export const USAGE_REASONING_TOKENS = {
  name: 'gen_ai.client.inference.usage.reasoning.output_tokens',
  unit: '{token}',
  description: 'Tokens of answers that were spent on reasoning.',
} as const satisfies MetricConvention;

/** The older name of {@link INFERENCE_DURATION}. */
export const OLDER_OPERATION_DURATION = {
  name: 'gen_ai.client.operation.duration',
  unit: 's',
  description: 'Time of an LLM call.',
  boundaries: CALL_SECONDS,
} as const satisfies MetricConvention;

/** The older form of the token counters: a histogram with `gen_ai.token.type`. */
export const OLDER_TOKEN_USAGE = {
  name: 'gen_ai.client.token.usage',
  unit: '{token}',
  description: 'Tokens of an LLM call, by type.',
  boundaries: TOKENS,
} as const satisfies MetricConvention;

export const PROCESSOR_QUEUE_SIZE = {
  name: 'otel.sdk.processor.span.queue.size',
  unit: '{span}',
  description: 'The number of spans in the queue of a given instance of an SDK span processor.',
} as const satisfies MetricConvention;

export const PROCESSOR_QUEUE_CAPACITY = {
  name: 'otel.sdk.processor.span.queue.capacity',
  unit: '{span}',
  description: 'The maximum number of spans the queue of a given instance of an SDK span processor can hold.',
} as const satisfies MetricConvention;

export const PROCESSOR_PROCESSED = {
  name: 'otel.sdk.processor.span.processed',
  unit: '{span}',
  description: 'The number of spans for which the processing has finished, either successful or failed.',
} as const satisfies MetricConvention;

export const EXPORTER_INFLIGHT = {
  name: 'otel.sdk.exporter.span.inflight',
  unit: '{span}',
  description:
    'The number of spans which were passed to the exporter, but that have not been exported yet (neither successful, nor failed).',
} as const satisfies MetricConvention;

export const EXPORTER_EXPORTED = {
  name: 'otel.sdk.exporter.span.exported',
  unit: '{span}',
  description: 'The number of spans for which the export has finished, either successful or failed.',
} as const satisfies MetricConvention;

/** The exporter's name, as in `client.stats()`. */
export const ATTR_EXPORTER = 'agentops.exporter';
/** Why spans were dropped: a `DropReason`. */
export const ATTR_DROP_REASON = 'agentops.drop.reason';
/** False for a session that the sampler decided against. */
export const ATTR_SESSION_SAMPLED = 'agentops.session.sampled';
/** `rss`, `heap_used`, `heap_total`, `external` or `array_buffers`. */
export const ATTR_MEMORY_TYPE = 'agentops.memory.type';
export const ATTR_TOKEN_TYPE = 'gen_ai.token.type';
export const ATTR_COMPONENT_NAME = 'otel.component.name';
export const ATTR_COMPONENT_TYPE = 'otel.component.type';
