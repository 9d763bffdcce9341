import {
  type Attributes,
  type Counter,
  type Histogram,
  type Meter,
  SpanStatusCode,
} from '@opentelemetry/api';
import type { ReadableSpan } from '@opentelemetry/sdk-trace';
import * as attr from '../../semconv/attributes.ts';
import * as metric from '../../semconv/metrics.ts';
import { instruments } from './instruments.ts';

/** Span attributes that are dimensions of every LLM metric, as the GenAI conventions have it. */
const DIMENSIONS = [
  attr.ATTR_GEN_AI_OPERATION_NAME,
  attr.ATTR_GEN_AI_PROVIDER_NAME,
  attr.ATTR_GEN_AI_REQUEST_MODEL,
  attr.ATTR_GEN_AI_RESPONSE_MODEL,
  attr.ATTR_SERVER_ADDRESS,
  attr.ATTR_SERVER_PORT,
] as const;

type Counted = readonly [
  name: string,
  counter: Parameters<typeof instruments.counter>[1],
  formerName?: string,
];

/** The span attributes that are added up, and the counter of each. */
const COUNTERS: readonly Counted[] = [
  [attr.ATTR_GEN_AI_USAGE_INPUT_TOKENS, metric.USAGE_INPUT_TOKENS],
  [attr.ATTR_GEN_AI_USAGE_OUTPUT_TOKENS, metric.USAGE_OUTPUT_TOKENS],
  [attr.ATTR_GEN_AI_USAGE_CACHE_READ_INPUT_TOKENS, metric.USAGE_CACHE_READ_TOKENS],
  [
    attr.ATTR_GEN_AI_USAGE_CACHE_WRITE_INPUT_TOKENS,
    metric.USAGE_CACHE_WRITE_TOKENS,
    attr.ATTR_GEN_AI_USAGE_CACHE_CREATION_INPUT_TOKENS,
  ],
  [attr.ATTR_GEN_AI_USAGE_REASONING_OUTPUT_TOKENS, metric.USAGE_REASONING_TOKENS],
  [attr.ATTR_AGENTOPS_COST_TOTAL, metric.LLM_COST],
];

const MAX_CACHED_SERIES = 1000;
const MAX_VALUE_LENGTH = 256;
const SEPARATOR = '\u0000';

export interface LlmMetricsOptions {
  /** Further span attributes that become dimensions. */
  readonly dimensions: readonly string[];
  /** Also records under the older names. */
  readonly olderNames: boolean;
}

/** The dimensions of one series; `failed` with `error.type`. Made once, since it is asked for with every call. */
interface Series {
  readonly attributes: Attributes;
  readonly failed: Map<string, Attributes>;
  /** What has come in since the last collection, in the order of `COUNTERS`. */
  readonly sums: Float64Array;
}

/**
 * Duration, tokens and cost of LLM calls, read off their spans when they end: so the figures are the same as those of
 * the spans, whoever made them. Calls of sessions that are not sampled have no spans and are not in it.
 */
export class LlmMetrics {
  readonly #dimensions: readonly string[];
  readonly #duration: Histogram;
  readonly #firstChunk: Histogram;
  /** In the order of `COUNTERS`. */
  readonly #counters: readonly Counter[];
  readonly #older: { readonly duration: Histogram; readonly tokens: Histogram } | undefined;
  readonly #series = new Map<string, Series>();

  constructor(meter: Meter, { dimensions, olderNames }: LlmMetricsOptions) {
    this.#dimensions = [...new Set([...DIMENSIONS, ...dimensions])];
    this.#duration = instruments.histogram(meter, metric.INFERENCE_DURATION);
    this.#firstChunk = instruments.histogram(meter, metric.INFERENCE_TIME_TO_FIRST_CHUNK);
    this.#counters = COUNTERS.map(([, convention]) => instruments.counter(meter, convention));
    if (olderNames) {
      this.#older = {
        duration: instruments.histogram(meter, metric.OLDER_OPERATION_DURATION),
        tokens: instruments.histogram(meter, metric.OLDER_TOKEN_USAGE),
      };
    }
  }

  /** Takes the span of an LLM call that has ended. */
  record(span: ReadableSpan): void {
    const { attributes, duration, status } = span;
    const series = this.#seriesOf(attributes);
    const base = series.attributes;
    const outcome = status.code === SpanStatusCode.ERROR ? failedOf(series, attributes) : base;
    const seconds = duration[0] + duration[1] / 1e9;
    this.#duration.record(seconds, outcome);
    this.#older?.duration.record(seconds, outcome);
    const firstChunk = attributes[attr.ATTR_GEN_AI_RESPONSE_TIME_TO_FIRST_CHUNK];
    if (typeof firstChunk === 'number') this.#firstChunk.record(firstChunk, base);
    for (let index = 0; index < COUNTERS.length; index += 1) {
      const { 0: name, 2: former } = COUNTERS[index] as Counted;
      let amount = attributes[name];
      if (amount === undefined && former !== undefined) amount = attributes[former];
      if (typeof amount === 'number' && amount > 0) series.sums[index] = (series.sums[index] ?? 0) + amount;
    }
    this.#recordOlderTokens('input', attributes[attr.ATTR_GEN_AI_USAGE_INPUT_TOKENS], base);
    this.#recordOlderTokens('output', attributes[attr.ATTR_GEN_AI_USAGE_OUTPUT_TOKENS], base);
  }

  /**
   * Counts what has come in since the last time. To be called with every collection: a counter looks its series up by
   * the text of all dimensions, which for six of them takes longer than making the span.
   */
  settle(): void {
    for (const { attributes, sums } of this.#series.values()) {
      for (const [index, counter] of this.#counters.entries()) {
        const sum = sums[index] ?? 0;
        if (sum > 0) counter.add(sum, attributes);
      }
      sums.fill(0);
    }
  }

  #recordOlderTokens(type: 'input' | 'output', tokens: unknown, base: Attributes): void {
    if (this.#older === undefined || typeof tokens !== 'number') return;
    this.#older.tokens.record(tokens, { ...base, [metric.ATTR_TOKEN_TYPE]: type });
  }

  #seriesOf(attributes: Attributes): Series {
    let key = '';
    for (const name of this.#dimensions) key += `${attributes[name]}${SEPARATOR}`;
    const known = this.#series.get(key);
    if (known !== undefined) return known;
    const made: Series = {
      attributes: pick(attributes, this.#dimensions),
      failed: new Map(),
      sums: new Float64Array(COUNTERS.length),
    };
    if (this.#series.size >= MAX_CACHED_SERIES) {
      this.settle();
      this.#series.clear();
    }
    this.#series.set(key, made);
    return made;
  }
}

function failedOf({ attributes, failed }: Series, span: Attributes): Attributes {
  const type = String(span[attr.ATTR_ERROR_TYPE] ?? '_OTHER').slice(0, MAX_VALUE_LENGTH);
  const known = failed.get(type);
  if (known !== undefined) return known;
  const made = { ...attributes, [attr.ATTR_ERROR_TYPE]: type };
  if (failed.size >= MAX_CACHED_SERIES) failed.clear();
  failed.set(type, made);
  return made;
}

/** Lists and maps are no dimensions, nor are texts of any length. */
function pick(attributes: Attributes, names: readonly string[]): Attributes {
  const picked: Attributes = {};
  for (const name of names) {
    const value = attributes[name];
    if (typeof value === 'string') picked[name] = value.slice(0, MAX_VALUE_LENGTH);
    else if (typeof value === 'number' || typeof value === 'boolean') picked[name] = value;
  }
  return picked;
}
