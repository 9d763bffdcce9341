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

function metric(
  name: string,
  unit: string,
  description: string,
  boundaries?: readonly number[],
): MetricConvention {
  return { name, unit, description, ...(boundaries !== undefined && { boundaries }) };
}

/** 0.01 s to 81.92 s, doubling: what the GenAI conventions ask for. */
const CALL_SECONDS = [0.01, 0.02, 0.04, 0.08, 0.16, 0.32, 0.64, 1.28, 2.56, 5.12, 10.24, 20.48, 40.96, 81.92];

const EXPORT_SECONDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];

/** Up to an hour: a destination that is away for a while is what this is about. */
const DELAY_SECONDS = [0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 900, 3600];

/** One span to the largest batch that can be configured. */
const BATCH_SPANS = [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024, 2048, 4096, 10_000];

/** A question and its answer up to a run of a night. */
const SESSION_SECONDS = [0.1, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 600, 1800, 3600, 14_400, 43_200];

const SESSION_SPANS = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000, 20_000];

const DOLLARS = [0.0001, 0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 10, 50, 100];

const TOKENS = [
  1, 4, 16, 64, 256, 1024, 4096, 16_384, 65_536, 262_144, 1_048_576, 4_194_304, 16_777_216, 67_108_864,
];

export const SPANS_ENDED = metric('agentops.spans.ended', '{span}', 'Spans an exporter was given.');

export const SPANS_RECOVERED = metric(
  'agentops.spans.recovered',
  '{span}',
  'Spans of earlier processes that an exporter found in its spool.',
);

export const SPANS_DELIVERED = metric(
  'agentops.spans.delivered',
  '{span}',
  'Spans the destination has confirmed.',
);

export const SPANS_DROPPED = metric('agentops.spans.dropped', '{span}', 'Spans that were lost, by reason.');

export const SPANS_PENDING = metric(
  'agentops.spans.pending',
  '{span}',
  'Spans that wait in memory or are under way from there.',
);

export const SPANS_SPOOLED = metric('agentops.spans.spooled', '{span}', 'Spans that wait on disk.');

export const EXPORT_ATTEMPTS = metric('agentops.export.attempts', '{attempt}', 'Attempts to send a batch.');

export const EXPORT_FAILURES = metric(
  'agentops.export.failures',
  '{attempt}',
  'Attempts that failed, by kind of failure.',
);

export const EXPORT_RETRIES = metric(
  'agentops.export.retries',
  '{attempt}',
  'Attempts with a batch that had failed before.',
);

export const EXPORT_DURATION = metric(
  'agentops.export.duration',
  's',
  'Time of one attempt.',
  EXPORT_SECONDS,
);

export const EXPORT_BATCH_SIZE = metric(
  'agentops.export.batch.size',
  '{span}',
  'Spans in a batch.',
  BATCH_SPANS,
);

export const EXPORT_DELAY = metric(
  'agentops.export.delay',
  's',
  'Time from the end of a span to its confirmation: of each batch the shortest, the median and the longest.',
  DELAY_SECONDS,
);

export const SPOOL_BYTES = metric(
  'agentops.spool.bytes',
  'By',
  'Size of the spool files this process works with.',
);

export const SPOOL_RECORDS = metric('agentops.spool.records', '{batch}', 'Batches that wait in those files.');

export const SPOOL_OLDEST_AGE = metric(
  'agentops.spool.oldest_age',
  's',
  'Time the oldest of them has waited; 0 where none waits.',
);

export const QUEUE_BYTES = metric(
  'agentops.queue.bytes',
  'By',
  'Estimated size of the spans that wait in memory, for all exporters together.',
);

export const QUEUE_BYTES_LIMIT = metric(
  'agentops.queue.bytes_limit',
  'By',
  'What it may reach: batch.queueBytes.',
);

export const PROCESS_MEMORY = metric('agentops.process.memory', 'By', 'Memory of the process, by kind.');

export const PROPAGATION_IGNORED = metric(
  'agentops.propagation.ignored',
  '{header}',
  'Trace context and baggage that callers sent and that was not taken, by reason.',
);

export const SESSIONS_ACTIVE = metric(
  'agentops.sessions.active',
  '{session}',
  'Sessions that have started and not ended.',
);

export const SESSIONS_ENDED = metric(
  'agentops.sessions.ended',
  '{session}',
  'Sessions that have ended, by end state.',
);

export const SESSION_SPANS_COUNT = metric(
  'agentops.session.spans',
  '{span}',
  'Spans of a session.',
  SESSION_SPANS,
);

export const SESSION_DURATION = metric(
  'agentops.session.duration',
  's',
  'Time from the start of a session to its end.',
  SESSION_SECONDS,
);

export const SESSION_COST = metric(
  'agentops.session.cost',
  '{USD}',
  'List price of the LLM calls of a session that has priced ones.',
  DOLLARS,
);

export const LLM_COST = metric('agentops.llm.cost', '{USD}', 'List price of LLM calls.');

export const INFERENCE_DURATION = metric(
  'gen_ai.client.inference.duration',
  's',
  'Time of an LLM call, from the request to the end of the answer.',
  CALL_SECONDS,
);

export const INFERENCE_TIME_TO_FIRST_CHUNK = metric(
  'gen_ai.client.inference.time_to_first_chunk',
  's',
  'Time from the request to the first chunk of a streamed answer.',
  CALL_SECONDS,
);

export const USAGE_INPUT_TOKENS = metric(
  'gen_ai.client.inference.usage.input_tokens',
  '{token}',
  'Tokens of requests, cached ones included.',
);

export const USAGE_OUTPUT_TOKENS = metric(
  'gen_ai.client.inference.usage.output_tokens',
  '{token}',
  'Tokens of answers, reasoning included.',
);

export const USAGE_CACHE_READ_TOKENS = metric(
  'gen_ai.client.inference.usage.cache_read.input_tokens',
  '{token}',
  "Tokens of requests that were served from the provider's cache.",
);

export const USAGE_CACHE_WRITE_TOKENS = metric(
  'gen_ai.client.inference.usage.cache_write.input_tokens',
  '{token}',
  "Tokens of requests that were written to the provider's cache.",
);

export const USAGE_REASONING_TOKENS = metric(
  'gen_ai.client.inference.usage.reasoning.output_tokens',
  '{token}',
  'Tokens of answers that were spent on reasoning.',
);

/** The older name of {@link INFERENCE_DURATION}. */
export const OLDER_OPERATION_DURATION = metric(
  'gen_ai.client.operation.duration',
  's',
  'Time of an LLM call.',
  CALL_SECONDS,
);

/** The older form of the token counters: a histogram with `gen_ai.token.type`. */
export const OLDER_TOKEN_USAGE = metric(
  'gen_ai.client.token.usage',
  '{token}',
  'Tokens of an LLM call, by type.',
  TOKENS,
);

export const PROCESSOR_QUEUE_SIZE = metric(
  'otel.sdk.processor.span.queue.size',
  '{span}',
  'The number of spans in the queue of a given instance of an SDK span processor.',
);

export const PROCESSOR_QUEUE_CAPACITY = metric(
  'otel.sdk.processor.span.queue.capacity',
  '{span}',
  'The maximum number of spans the queue of a given instance of an SDK span processor can hold.',
);

export const PROCESSOR_PROCESSED = metric(
  'otel.sdk.processor.span.processed',
  '{span}',
  'The number of spans for which the processing has finished, either successful or failed.',
);

export const EXPORTER_INFLIGHT = metric(
  'otel.sdk.exporter.span.inflight',
  '{span}',
  'The number of spans which were passed to the exporter, but that have not been exported yet (neither successful, nor failed).',
);

export const EXPORTER_EXPORTED = metric(
  'otel.sdk.exporter.span.exported',
  '{span}',
  'The number of spans for which the export has finished, either successful or failed.',
);

/** The exporter's name, as in `client.stats()`. */
export const ATTR_EXPORTER = 'agentops.exporter';
/** Why spans were dropped: a `DropReason`. */
export const ATTR_IGNORED_REASON = 'agentops.propagation.reason';
export const ATTR_DROP_REASON = 'agentops.drop.reason';
/** False for a session that the sampler decided against. */
export const ATTR_SESSION_SAMPLED = 'agentops.session.sampled';
/** `rss`, `heap_used`, `heap_total`, `external` or `array_buffers`. */
export const ATTR_MEMORY_TYPE = 'agentops.memory.type';
export const ATTR_TOKEN_TYPE = 'gen_ai.token.type';
export const ATTR_COMPONENT_NAME = 'otel.component.name';
export const ATTR_COMPONENT_TYPE = 'otel.component.type';
