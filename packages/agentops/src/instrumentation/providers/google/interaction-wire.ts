/** The parts of Google's Interactions API that are mapped, as `@google/genai` has them; any of it may be missing. */
export interface InteractionRequest {
  readonly model?: string;
  /** In the place of a model. */
  readonly agent?: string;
  readonly input?: string | InteractionContent | readonly (InteractionContent | InteractionStep)[];
  readonly system_instruction?: string;
  readonly tools?: readonly Readonly<Record<string, unknown>>[];
  readonly stream?: boolean;
  readonly generation_config?: {
    readonly max_output_tokens?: number;
    readonly temperature?: number;
    readonly top_p?: number;
    readonly seed?: number;
    readonly stop_sequences?: readonly string[];
  };
}

/** `text`, `image`, `audio`, … */
export interface InteractionContent {
  readonly type?: string;
  readonly text?: string;
}

/** `user_input`, `model_output`, `thought`, `function_call`, `function_result`, … */
export interface InteractionStep {
  readonly type?: string;
  readonly content?: readonly InteractionContent[];
  readonly summary?: readonly InteractionContent[];
  readonly id?: string;
  readonly call_id?: string;
  readonly name?: string;
  readonly arguments?: unknown;
  readonly result?: unknown;
}

export interface Interaction {
  readonly id?: string;
  readonly model?: string;
  readonly status?: string;
  readonly steps?: readonly InteractionStep[];
  readonly usage?: InteractionUsage;
}

export interface InteractionUsage {
  readonly total_input_tokens?: number;
  readonly total_tool_use_tokens?: number;
  readonly total_cached_tokens?: number;
  readonly total_output_tokens?: number;
  readonly total_thought_tokens?: number;
}

/** Of a stream. The last one carries the interaction, without its steps. */
export interface InteractionEvent {
  readonly event_type?: string;
  readonly interaction?: Interaction;
  readonly index?: number;
  readonly step?: InteractionStep;
  readonly delta?: {
    readonly type?: string;
    readonly text?: string;
    readonly arguments?: string;
    readonly content?: InteractionContent;
  };
  readonly error?: { readonly code?: string | number; readonly message?: string };
}
