/** Which libraries are instrumented by themselves, without `instrument` around each client. */
export interface InstrumentationOptions {
  /** Every client of the `openai` package. Default false. */
  readonly openai?: boolean | undefined;
  /** Every client of the `@anthropic-ai/sdk` package. Default false. */
  readonly anthropic?: boolean | undefined;
  /**
   * OpenLLMetry's instrumentations: `auto` for all that are installed, a list for those it names, `false` (default)
   * for none. `openai` and `anthropic` are left to ours where those are on.
   */
  readonly openllmetry?: 'auto' | false | readonly string[] | undefined;
}
