import type { ContentPart } from './wire.ts';

/** The parts of OpenAI's Responses API that are mapped; any of it may be missing. */
export interface ResponsesRequest {
  readonly model?: string;
  readonly input?: string | readonly ResponseItem[];
  readonly instructions?: string | null;
  readonly tools?: readonly Readonly<Record<string, unknown>>[] | null;
  readonly stream?: boolean | null;
  readonly max_output_tokens?: number | null;
  readonly temperature?: number | null;
  readonly top_p?: number | null;
  readonly text?: { readonly format?: { readonly type?: string } | null } | null;
  readonly service_tier?: string | null;
}

/** One item of the conversation, in or out: a message, a call, what a call gave back, a piece of reasoning, … */
export interface ResponseItem {
  readonly type?: string;
  readonly id?: string;
  readonly role?: string;
  readonly content?: string | readonly ResponsePart[] | null;
  readonly call_id?: string;
  readonly name?: string;
  readonly arguments?: string;
  /** Of a custom tool. */
  readonly input?: string;
  readonly output?: unknown;
  readonly summary?: readonly { readonly text?: string }[];
}

/** `input_text`, `output_text`, `input_image`, `input_file`, `refusal`, `reasoning_text`, … */
export interface ResponsePart extends Omit<ContentPart, 'image_url' | 'file'> {
  readonly image_url?: string | null;
  readonly file_id?: string | null;
  readonly annotations?: readonly unknown[] | null;
}

export interface ResponseDocument {
  readonly id?: string;
  readonly model?: string;
  /** `completed`, `incomplete`, `failed`, `cancelled`, `queued`, `in_progress`. */
  readonly status?: string | null;
  readonly error?: { readonly code?: string | null; readonly message?: string } | null;
  readonly incomplete_details?: { readonly reason?: string } | null;
  readonly output?: readonly ResponseItem[] | null;
  readonly usage?: ResponseUsage | null;
  readonly service_tier?: string | null;
  readonly background?: boolean | null;
}

export interface ResponseUsage {
  readonly input_tokens?: number | null;
  readonly output_tokens?: number | null;
  readonly input_tokens_details?: {
    readonly cached_tokens?: number | null;
    readonly cache_write_tokens?: number | null;
  } | null;
  readonly output_tokens_details?: { readonly reasoning_tokens?: number | null } | null;
}

/** Of a stream. The last one carries the whole response. */
export interface ResponseEvent {
  readonly type?: string;
  readonly response?: ResponseDocument;
  readonly output_index?: number;
  readonly item?: ResponseItem;
  readonly delta?: unknown;
  /** Of an `error` event. */
  readonly code?: string | null;
  readonly message?: string;
}
