import process from 'node:process';
import {
  type Context,
  context,
  propagation,
  ROOT_CONTEXT,
  type SpanContext,
  type TextMapGetter,
  type TextMapSetter,
  TraceFlags,
  trace,
} from '@opentelemetry/api';
import { W3CBaggagePropagator, W3CTraceContextPropagator } from '@opentelemetry/core';
import { currentClient } from '../default-client.ts';
import { toSessionId } from '../ids.ts';
import { parseJson } from '../json.ts';
import { BAGGAGE_AGENT_ID } from '../semconv/attributes.ts';
import { innermostContext } from '../session/framework-context.ts';
import { scopeOf } from '../session/scope.ts';
import { carrierGetter, carrierSetter } from '../telemetry/propagation/carrier.ts';
import {
  type Environment,
  environmentGetter,
  environmentSetter,
  TRACE_VARIABLES,
} from '../telemetry/propagation/environment-carrier.ts';
import { type InjectOptions, toInjectOptions } from '../telemetry/propagation/inject-options.ts';
import { withTrustedCaller } from '../telemetry/propagation/trusted-peers.ts';
import { runPart } from './run-part.ts';

/** A {@link TraceContext} as plain data; itself a carrier. */
export interface TraceContextJson {
  readonly traceparent?: string;
  readonly tracestate?: string;
  /** The agent at work; entries of your own are left out, since nobody says where this goes. */
  readonly baggage?: string;
}

/** Plain data is written in W3C's formats, whatever goes over the network. */
const w3cTrace = new W3CTraceContextPropagator();
const w3cBaggage = new W3CBaggagePropagator();

/**
 * Where a piece of work stands: its trace, the span it is at, and the baggage. It is written into a carrier of any kind
 * (headers, metadata, a message, a row) in one process and read from it in another, which goes on with the session by
 * {@link continueSession}. Never throws: what cannot be read is an empty context.
 */
export class TraceContext {
  readonly #context: Context;

  private constructor(context: Context) {
    this.#context = context;
  }

  /** That of the caller: its span; outside any, in single-session mode, the open session. */
  static current(): TraceContext {
    const client = currentClient();
    const active = innermostContext(context.active());
    const inSession = client.guard('TraceContext.current', () =>
      client.sessions.current(active)?.contextOf(undefined, active),
    );
    return new TraceContext(client.telemetry.shown(inSession ?? active));
  }

  /**
   * What `carrier` holds, in whichever of the formats it is written. What makes no sense is ignored and counted
   * (`stats().propagation`).
   *
   * @param getter Default: reads plain objects with keys in any case, `Headers`, `Map`s and the metadata of gRPC.
   */
  static extract<Carrier>(carrier: Carrier, getter?: TextMapGetter<Carrier>): TraceContext {
    const client = currentClient();
    const read = client.guard('TraceContext.extract', () =>
      client.telemetry.propagation.read(carrier, getter ?? carrierGetter),
    );
    return new TraceContext(read ?? ROOT_CONTEXT);
  }

  /** The inverse of `toJSON`, of an object or of its text. */
  static fromJSON(json: TraceContextJson | string): TraceContext {
    const client = currentClient();
    const read = client.guard('TraceContext.fromJSON', () => {
      const data = typeof json === 'string' ? parseJson('TraceContext.fromJSON', json) : json;
      const traced = w3cTrace.extract(withTrustedCaller(ROOT_CONTEXT), data, carrierGetter);
      return w3cBaggage.extract(traced, data, carrierGetter);
    });
    return new TraceContext(read ?? ROOT_CONTEXT);
  }

  /** What a parent process has put into the environment of this one: `TRACEPARENT`, `TRACESTATE`, `BAGGAGE`, or their like. */
  static fromEnvironment(environment: Environment = process.env): TraceContext {
    return TraceContext.extract(environment, environmentGetter);
  }

  /** False where there is no span to go on from. */
  get isValid(): boolean {
    return this.#span !== undefined;
  }

  /** 32 hex digits. */
  get traceId(): string | undefined {
    return this.#span?.traceId;
  }

  /** 16 hex digits. */
  get spanId(): string | undefined {
    return this.#span?.spanId;
  }

  /** The trace's id in the form of a UUID. */
  get sessionId(): string | undefined {
    const { traceId } = this;
    return traceId === undefined ? undefined : toSessionId(traceId);
  }

  /** The nearest agent, where it is known. */
  get agentId(): string | undefined {
    const scope = scopeOf(this.#context);
    return scope === undefined ? this.baggage[BAGGAGE_AGENT_ID] : scope.agent?.id;
  }

  /** Whether the session is recorded. */
  get isSampled(): boolean {
    return ((this.#span?.traceFlags ?? 0) & TraceFlags.SAMPLED) !== 0;
  }

  get baggage(): Readonly<Record<string, string>> {
    const entries = propagation.getBaggage(this.#context)?.getAllEntries() ?? [];
    return Object.fromEntries(entries.map(([key, { value }]) => [key, value]));
  }

  /** The same place with entries of your own beside the baggage that is there. Values are texts; ids rather than names. */
  withBaggage(entries: Readonly<Record<string, string>>): TraceContext {
    let baggage = propagation.getBaggage(this.#context) ?? propagation.createBaggage();
    for (const [key, value] of Object.entries(entries)) baggage = baggage.setEntry(key, { value });
    return new TraceContext(propagation.setBaggage(this.#context, baggage));
  }

  /**
   * Writes this into `carrier`, in the formats of `context.propagation`, and returns it. Without `to` only trace headers
   * are written.
   *
   * @param options A setter, or who it goes to.
   */
  inject<Carrier extends object>(
    carrier: Carrier,
    options?: TextMapSetter<Carrier> | InjectOptions<Carrier>,
  ): Carrier {
    const client = currentClient();
    client.guard('TraceContext.inject', () => {
      const { setter = carrierSetter, to } = toInjectOptions(options);
      client.telemetry.propagation.inject(this.#context, carrier, setter, to);
    });
    return carrier;
  }

  /**
   * Runs `fn` here: every span it makes, also asynchronously, is below this one. Of another process's session `fn` is a part,
   * as in {@link continueSession}.
   */
  run<T>(fn: () => T): T {
    const client = currentClient();
    const isOfOther =
      this.isValid && client.telemetry.enabled && client.sessions.within(this.#context) === undefined;
    return isOfOther ? runPart(client, this.#context, {}, fn) : context.with(this.#context, fn);
  }

  /** Plain data for your own queue or database: W3C trace context, and the agent's id. */
  toJSON(): TraceContextJson {
    const json: Record<string, string> = {};
    w3cTrace.inject(this.#context, json, carrierSetter);
    const { agentId } = this;
    if (agentId !== undefined) {
      const baggage = propagation.createBaggage({ [BAGGAGE_AGENT_ID]: { value: agentId } });
      w3cBaggage.inject(propagation.setBaggage(ROOT_CONTEXT, baggage), json, carrierSetter);
    }
    return json;
  }

  /**
   * The environment for a child process: a copy of `environment` with `TRACEPARENT`, `TRACESTATE` and `BAGGAGE`, which hold
   * what `toJSON` holds. Where there is no span to go on from, the copy is as `environment` is.
   */
  toEnvironment(environment: Environment = process.env): Record<string, string | undefined> {
    const copy: Record<string, string | undefined> = { ...environment };
    if (!this.isValid) return copy;
    for (const variable of TRACE_VARIABLES) delete copy[variable];
    for (const [key, value] of Object.entries(this.toJSON())) environmentSetter.set(copy, key, value);
    return copy;
  }

  /** @internal For OpenTelemetry's API. */
  get otel(): Context {
    return this.#context;
  }

  get #span(): SpanContext | undefined {
    const span = trace.getSpanContext(this.#context);
    return span !== undefined && trace.isSpanContextValid(span) ? span : undefined;
  }
}
