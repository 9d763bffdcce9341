/** The parts of Anthropic's Messages API that are mapped; anything may be missing from what a server sends. */

export interface MessagesRequest {
  readonly model?: string;
  readonly system?: string | readonly ContentBlock[];
  readonly messages?: readonly {
    readonly role: string;
    readonly content: string | readonly ContentBlock[];
  }[];
  readonly tools?: readonly Readonly<Record<string, unknown>>[];
  readonly stream?: boolean;
  readonly max_tokens?: number;
  readonly temperature?: number;
  readonly top_p?: number;
  readonly top_k?: number;
  readonly stop_sequences?: readonly string[];
  readonly output_config?: { readonly format?: { readonly type: string } | null };
}

export interface ContentBlock {
  readonly type: string;
  readonly text?: string;
  readonly citations?: readonly unknown[] | null;
  readonly thinking?: string;
  readonly id?: string;
  readonly name?: string;
  readonly input?: unknown;
  readonly tool_use_id?: string;
  readonly content?: unknown;
  readonly source?: {
    readonly type: string;
    readonly media_type?: string;
    readonly data?: string;
    readonly url?: string;
    readonly file_id?: string;
  };
}

export interface MessageResponse {
  readonly id?: string;
  readonly model?: string;
  readonly role?: string;
  readonly content?: readonly ContentBlock[];
  readonly stop_reason?: string | null;
  readonly stop_details?: StopDetails | null;
  readonly usage?: Usage;
}

/** Of a refusal. */
export interface StopDetails {
  readonly explanation?: string | null;
}

/** `input_tokens` leaves cached ones out. */
export interface Usage {
  readonly input_tokens?: number | null;
  readonly output_tokens?: number | null;
  readonly cache_creation_input_tokens?: number | null;
  readonly cache_read_input_tokens?: number | null;
  readonly cache_creation?: { readonly ephemeral_1h_input_tokens?: number | null } | null;
  readonly output_tokens_details?: { readonly thinking_tokens?: number | null } | null;
  readonly service_tier?: string | null;
  /** What the answer took, step by step. The totals above include all but those of type `compaction`. */
  readonly iterations?: readonly (Usage & { readonly type?: string })[] | null;
}

export interface MessageEvent {
  readonly type: string;
  /** On `message_start`. */
  readonly message?: MessageResponse;
  readonly index?: number;
  /** On `content_block_start`. */
  readonly content_block?: ContentBlock;
  /** On `content_block_delta` and `message_delta`. */
  readonly delta?: {
    readonly type?: string;
    readonly text?: string;
    readonly thinking?: string;
    readonly partial_json?: string;
    readonly citation?: unknown;
    /** Of a `compaction_delta`: the summary, whole. */
    readonly content?: string | null;
    readonly stop_reason?: string | null;
    readonly stop_details?: StopDetails | null;
  };
  /** On `message_delta`: the totals of the whole message. */
  readonly usage?: Usage;
}
