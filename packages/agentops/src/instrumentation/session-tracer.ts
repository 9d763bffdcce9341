import {
  type Context,
  context,
  type Span,
  type SpanOptions,
  type Tracer,
  type TracerOptions,
  type TracerProvider,
} from '@opentelemetry/api';
import { currentClient } from '../default-client.ts';
import { refuseContent, withoutContent } from './content-attributes.ts';

/**
 * A tracer provider for instrumentations and frameworks that know OpenTelemetry and no sessions. A span of theirs that has
 * no parent hangs below the session that its caller means (see `SessionManager.adopt`); any other stays where it is. While
 * content capture is off, what was said is kept out of their spans. Uses the client of the moment: before `init` and
 * after `shutdown` its spans record nothing.
 */
export const sessionTracerProvider: TracerProvider = {
  getTracer: (name, version, options) => new SessionTracer(name, version, options),
};

/**
 * A tracer for libraries that take one, such as `@ai-sdk/otel`: their spans belong to the session of their caller, in
 * single-session mode also outside of any context.
 *
 * @param name The instrumentation scope, by which spans can be told and denied.
 */
export function sessionTracer(name = 'agentops', version?: string): Tracer {
  return sessionTracerProvider.getTracer(name, version);
}

class SessionTracer implements Tracer {
  readonly #name: string;
  readonly #version: string | undefined;
  readonly #options: TracerOptions | undefined;

  constructor(name: string, version?: string, options?: TracerOptions) {
    this.#name = name;
    this.#version = version;
    this.#options = options;
  }

  startSpan(name: string, options?: SpanOptions, parent: Context = context.active()): Span {
    return this.#start(name, options, this.#parentOf(parent, options));
  }

  startActiveSpan<F extends (span: Span) => unknown>(name: string, fn: F): ReturnType<F>;
  startActiveSpan<F extends (span: Span) => unknown>(
    name: string,
    options: SpanOptions,
    fn: F,
  ): ReturnType<F>;
  startActiveSpan<F extends (span: Span) => unknown>(
    name: string,
    options: SpanOptions,
    parent: Context,
    fn: F,
  ): ReturnType<F>;
  startActiveSpan(name: string, ...args: unknown[]): unknown {
    const fn = args.at(-1) as (span: Span) => unknown;
    const [options, given] = args.slice(0, -1) as [SpanOptions?, Context?];
    const parent = this.#parentOf(given ?? context.active(), options);
    const span = this.#start(name, options, parent);
    const within = currentClient().telemetry.contextWith(parent, span);
    return context.with(within, fn, undefined, span);
  }

  #start(name: string, options: SpanOptions | undefined, parent: Context): Span {
    const { telemetry } = currentClient();
    const tracer = telemetry.tracerOf(this.#name, this.#version, this.#options);
    if (telemetry.captureContent) return tracer.startSpan(name, options, parent);
    const silent = options?.attributes && { ...options, attributes: withoutContent(options.attributes) };
    return refuseContent(tracer.startSpan(name, silent ?? options, parent));
  }

  #parentOf(parent: Context, options: SpanOptions | undefined): Context {
    const client = currentClient();
    if (options?.root === true || client.telemetry.currentSpan(parent) !== undefined) return parent;
    if (!client.telemetry.enabled) return parent;
    const session = client.guard(this.#name, () => client.sessions.adopt(parent));
    return session?.contextOf(undefined, parent) ?? parent;
  }
}
