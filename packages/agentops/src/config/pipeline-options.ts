import type { AttributeValue, TextMapPropagator } from '@opentelemetry/api';
import type { Sampler } from '@opentelemetry/sdk-trace';
import type { ModuleOption } from './exporter-options.ts';
import type { ByteSize, Duration } from './units.ts';

/** Which sessions are recorded. One is kept or dropped whole: decided at its root, and what lies below follows. */
export interface SamplingOptions {
  /** The part of the sessions that no rule names, 0 to 1. Default 1. Environment: `OTEL_TRACES_SAMPLER`, `…_ARG`. */
  readonly rate?: number | undefined;
  /** The first that matches decides. */
  readonly rules?: readonly SamplingRule[] | undefined;
  /** Sessions a second to keep at most, instead of a fixed `rate`: the rate follows the traffic. */
  readonly target?: number | undefined;
  /** Asked instead of `rate`, `target` and `rules`. */
  readonly sampler?: Sampler | ModuleOption | undefined;
  /**
   * Keeps a whole session that was not sampled, for what became of it: it is held in memory until its end. Any one
   * condition is enough. Sessions of a rule whose rate is 0 are never kept.
   */
  readonly keep?: KeepOptions | undefined;
}

export interface SamplingRule {
  /** All that are given must hold. */
  readonly match: {
    /** The session's name; `*` stands for any characters. */
    readonly name?: string | undefined;
    /** At least one of these is among the session's tags. */
    readonly tags?: readonly string[] | undefined;
    /** Each equals the root's attribute of that name at its start; in texts `*` stands for any characters. */
    readonly attributes?: Readonly<Record<string, AttributeValue>> | undefined;
  };
  /** 0 to 1. With 0 they are not kept either, whatever `keep` says. */
  readonly rate: number;
}

export interface KeepOptions {
  /** Sessions in which a span failed. */
  readonly errors?: boolean | undefined;
  /** Sessions that took this long or longer. */
  readonly duration?: Duration | undefined;
  /** Sessions that cost this much (USD) or more. */
  readonly cost?: number | undefined;
  /** For all sessions that are held; when it is full the oldest are let go and counted. Default 32 MiB. */
  readonly maxBytes?: ByteSize | undefined;
}

/** How the trace goes on in other services. */
export interface ContextOptions {
  /** Written in all of these formats; read from the first that is there. Default `['w3c']`. Environment: `OTEL_PROPAGATORS`. */
  readonly propagation?: readonly PropagationFormat[] | undefined;
  /** Registered instead of those of `propagation`. */
  readonly propagator?: TextMapPropagator | undefined;
  /**
   * Hosts that trace headers are sent to; `*` stands for any characters. Never sent to model providers. Default: all.
   */
  readonly hosts?: readonly string[] | undefined;
  /** Whose trace context and baggage are taken. Default `internal`. */
  readonly trustIncoming?: TrustIncoming | undefined;
  readonly baggage?: BaggageOptions | undefined;
}

/**
 * Callers whose trace context and baggage are taken: nobody's, those of `internal` callers (loopback, private address
 * ranges, and the hosts of `baggage.hosts`), or everybody's. A session of a caller that is not trusted is not continued;
 * what is started instead is linked to it.
 */
export type TrustIncoming = 'none' | 'internal' | 'all';

/** `b3` is the single header, `b3multi` the five. */
export type PropagationFormat = 'w3c' | 'b3' | 'b3multi';

export interface BaggageOptions {
  /** Hosts that baggage is sent to; `*` stands for any characters. Default: none. */
  readonly hosts?: readonly string[] | undefined;
  /** Baggage entries that become attributes of every span below them. `*` at the end stands for any characters. Default: none. */
  readonly attributes?: readonly string[] | undefined;
}

/** What of the content is recorded. */
export interface ContentOptions {
  /**
   * Records messages, tool arguments and results, inputs and outputs. Default true. Environment:
   * `AGENTOPS_CAPTURE_CONTENT`. Off, only structure, timing, tokens and cost are recorded.
   */
  readonly capture?: boolean | undefined;
  /** Bytes of one attribute's text; what is longer is cut, after redaction. Default: no limit. */
  readonly maxLength?: ByteSize | undefined;
  /**
   * What is masked before any exporter sees it. Default `['secrets']`; `false` for nothing. A list replaces the default.
   * Environment: `AGENTOPS_REDACT`, names with commas between.
   */
  readonly redact?: readonly RedactionRule[] | false | undefined;
}

/**
 * `secrets` (API keys, tokens, private keys, passwords by key), `emails`, `cards` (payment cards that pass the Luhn
 * check), patterns, keys and functions of the user's own.
 */
export type RedactionRule =
  | 'secrets'
  | 'emails'
  | 'cards'
  | RedactionPattern
  | RedactionKeys
  | RedactionFunction
  | ModuleOption;

/** Masks every match in any text: attribute values, JSON inside them, messages of errors, names. */
export interface RedactionPattern {
  readonly pattern: RegExp | string;
  /** Default `[redacted]`. */
  readonly replacement?: string | undefined;
}

/** Masks whole values by the name of their attribute, or of their key in JSON; `*` stands for any characters. */
export interface RedactionKeys {
  readonly keys: readonly string[];
  readonly replacement?: string | undefined;
}

/** Returns what is to stand instead of `value`. Where it throws, the value is masked. */
export type RedactionFunction = (value: string, key: string) => string;

/** Running spans are shown before they end, by exporters that can replace them later (`agentops`, `postgres`). */
export interface LiveOptions {
  /** How often running spans and the session's heartbeat are sent. Default 5 s. Environment: `AGENTOPS_LIVE_INTERVAL`. */
  readonly interval?: Duration | undefined;
  /** Stand on every live snapshot. */
  readonly attributes?: Readonly<Record<string, AttributeValue>> | undefined;
}
