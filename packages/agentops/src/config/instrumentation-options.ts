/**
 * What is instrumented without being handed to `instrument`. Without `--import agentops/register`, what is `true`; with
 * it, what is not `false`.
 */
export interface InstrumentationOptions {
  /** Every client of the `openai` package. */
  readonly openai?: boolean | undefined;
  /** Every client of the `@anthropic-ai/sdk` package. */
  readonly anthropic?: boolean | undefined;
  /** Every client of the `@google/genai` package. */
  readonly google?: boolean | undefined;
  /**
   * OpenLLMetry's instrumentations: `auto` for all that are installed, a list for those it names, `false` (default)
   * for none. Libraries that ours are on for are left to ours.
   */
  readonly openllmetry?: 'auto' | false | readonly string[] | undefined;
}
