import type { TracerProvider } from '@opentelemetry/api';

/**
 * What is instrumented without being handed to `instrument`. Of the clients: without `--import agentops/register`, what
 * is `true`; with it, what is not `false`.
 */
export interface InstrumentationOptions {
  /** Every client of the `openai` package. */
  readonly openai?: boolean | undefined;
  /** Every client of the `@anthropic-ai/sdk` package. */
  readonly anthropic?: boolean | undefined;
  /** Every client of the `@google/genai` package. */
  readonly google?: boolean | undefined;
  /**
   * Every request that `fetch`, undici, `node:http` and `node:https` send inside a session: it has a span, and the trace goes
   * on at whoever is asked, as `context` allows. Never of requests to models' providers. Default: false, with or
   * without `--import agentops/register`.
   */
  readonly http?: boolean | undefined;
  /**
   * Streams of OpenAI's completions carry token counts only on request (`stream_options.include_usage`): `true` asks the
   * servers that are known to understand (OpenAI, Azure OpenAI, Ollama), hosts in a list are asked as well (`*` stands
   * for any characters). The program gets the chunks it would get without; only `asResponse()` shows the bytes as they
   * came. A call that sets `stream_options` itself is left alone. Default false: such calls have no token counts.
   */
  readonly streamUsage?: boolean | readonly string[] | undefined;
  /**
   * Packages `@traceloop/instrumentation-*` that are installed where the program lies: `auto` for all of them, or the
   * names of some, such as `langchain`. One for a library that is instrumented by us is left out. Default: none.
   */
  readonly openllmetry?: 'auto' | readonly string[] | false | undefined;
  /** Instrumentations of OpenTelemetry's own kind. They are given our tracer, enabled, and disabled at `shutdown`. */
  readonly others?: readonly OtelInstrumentation[] | undefined;
  /**
   * Instrumentation scopes (`span.instrumentationScope.name`) whose spans go to no exporter and into no total. `*`
   * stands for any characters. What hangs below such a span stays, without its parent.
   */
  readonly denyScopes?: readonly string[] | undefined;
}

/** What is needed of an `Instrumentation` of `@opentelemetry/instrumentation`. */
export interface OtelInstrumentation {
  readonly instrumentationName: string;
  setTracerProvider(provider: TracerProvider): void;
  enable(): void;
  disable(): void;
}
