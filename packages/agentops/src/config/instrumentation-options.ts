/**
 * What is instrumented without being handed to `instrument`. Without `--import agentops/register`, what is `true`; with
 * it, what is not `false`.
 */
export interface InstrumentationOptions {
  /** Clients of `openai`. */
  readonly openai?: boolean | undefined;
  /** Clients of `@anthropic-ai/sdk`. */
  readonly anthropic?: boolean | undefined;
  /** Clients of `@google/genai`. */
  readonly google?: boolean | undefined;
}
