/**
 * The parts of OpenAI's chat completions, completions and embeddings that are mapped. Written down here because the client's own types belong to
 * one version of it, and what a compatible server sends may lack any of it.
 */

/** What every request for completions may say of its stream. */
export interface StreamedRequest {
  readonly stream?: boolean | null;
  readonly stream_options?: { readonly include_usage?: boolean } | null;
  /** Of Azure's search over one's own data, which takes no `stream_options`. */
  readonly data_sources?: unknown;
}

export interface ChatRequest extends StreamedRequest {
  readonly model?: string;
  readonly messages?: readonly ChatMessage[];
  readonly tools?: readonly {
    readonly type?: string;
    readonly function?: Readonly<Record<string, unknown>>;
    readonly custom?: Readonly<Record<string, unknown>>;
  }[];
  readonly n?: number | null;
  readonly max_tokens?: number | null;
  readonly max_completion_tokens?: number | null;
  readonly temperature?: number | null;
  readonly top_p?: number | null;
  readonly seed?: number | null;
  readonly stop?: string | readonly string[] | null;
  readonly frequency_penalty?: number | null;
  readonly presence_penalty?: number | null;
  readonly response_format?: { readonly type?: string };
  readonly service_tier?: string | null;
}

export interface ChatMessage {
  readonly role: string;
  readonly name?: string;
  readonly content?: string | readonly ContentPart[] | null;
  readonly refusal?: string | null;
  readonly tool_calls?: readonly ToolCall[];
  /** What came before `tool_calls`. */
  readonly function_call?: ToolCall['function'] | null;
  readonly tool_call_id?: string;
  /** Of a web search. */
  readonly annotations?: readonly unknown[] | null;
  readonly audio?: { readonly id?: string; readonly transcript?: string } | null;
  /** Of compatible servers (DeepSeek, xAI, vLLM). */
  readonly reasoning_content?: string | null;
  /** The same of others (OpenRouter, Groq, Ollama). */
  readonly reasoning?: string | null;
}

export interface ContentPart {
  readonly type: string;
  readonly text?: string;
  readonly refusal?: string;
  readonly image_url?: { readonly url: string };
  readonly input_audio?: { readonly data: string; readonly format: string };
  readonly file?: { readonly file_id?: string };
}

export interface ToolCall {
  readonly id?: string;
  readonly function?: { readonly name?: string; readonly arguments?: string };
  readonly custom?: { readonly name?: string; readonly input?: string };
}

export interface ChatCompletion {
  readonly id?: string;
  readonly model?: string;
  readonly service_tier?: string | null;
  readonly choices?: readonly { readonly message?: ChatMessage; readonly finish_reason?: string | null }[];
  readonly usage?: Usage | null;
}

export interface ChatChunk {
  readonly id?: string;
  readonly model?: string;
  readonly service_tier?: string | null;
  readonly choices?: readonly {
    readonly index?: number;
    readonly delta?: ChatDelta | null;
    readonly finish_reason?: string | null;
  }[];
  readonly usage?: Usage | null;
  /** Groq counts here, and unasked. */
  readonly x_groq?: { readonly usage?: Usage | null } | null;
}

export interface ChatDelta
  extends Pick<
    ChatMessage,
    'refusal' | 'function_call' | 'annotations' | 'audio' | 'reasoning_content' | 'reasoning'
  > {
  readonly role?: string;
  readonly content?: string | null;
  readonly tool_calls?: readonly (ToolCall & { readonly index?: number | null })[] | null;
}

export interface Usage {
  readonly prompt_tokens?: number | null;
  readonly completion_tokens?: number | null;
  readonly prompt_tokens_details?: {
    readonly cached_tokens?: number | null;
    readonly cache_write_tokens?: number | null;
    readonly audio_tokens?: number | null;
  } | null;
  readonly completion_tokens_details?: {
    readonly reasoning_tokens?: number | null;
    readonly audio_tokens?: number | null;
  } | null;
}

/** Of the older completions; otherwise like a chat's. */
export interface CompletionRequest extends Omit<ChatRequest, 'messages' | 'tools' | 'response_format'> {
  /** A text, several, or tokens. */
  readonly prompt?: string | readonly unknown[] | null;
}

/** An answer of the older completions, or one chunk of it. */
export interface Completion {
  readonly id?: string;
  readonly model?: string;
  readonly choices?: readonly {
    readonly index?: number;
    readonly text?: string;
    readonly finish_reason?: string | null;
  }[];
  readonly usage?: Usage | null;
}

export interface EmbeddingsRequest {
  readonly model?: string;
  readonly dimensions?: number | null;
  readonly encoding_format?: string | null;
}

export interface EmbeddingsResponse {
  readonly model?: string;
  readonly data?: readonly { readonly embedding?: readonly number[] | string }[];
  readonly usage?: Usage | null;
}
