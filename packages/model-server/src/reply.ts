import type { Fault } from './fault.ts';
import type { Usage } from './usage.ts';

/** A tool call for the model to make. */
export interface ToolCall {
  /** Default: the next id of the server, in the provider's style. */
  id?: string;
  name: string;
  /** An object, or the text the model writes: for OpenAI it need not be valid JSON. */
  arguments: Record<string, unknown> | string;
}

/**
 * Why the model stopped. Anthropic knows no content filter and OpenAI gives refusals no reason of their own: there
 * they become `refusal` and `stop`.
 */
export type FinishReason = 'stop' | 'length' | 'tool_calls' | 'content_filter' | 'refusal';

/** One alternative answer of the model. */
export interface Choice {
  text?: string;
  /** Thought before the answer. Anthropic sends the text; OpenAI only counts its tokens. */
  thinking?: string;
  toolCalls?: ToolCall[];
  /** Why the model will not answer: OpenAI's `refusal`, Anthropic's `stop_details.explanation`. */
  refusal?: string;
  /** Default: `tool_calls` or `refusal` where there are any, else `stop`. */
  finishReason?: FinishReason;
}

/** How a streamed reply is cut into chunks. */
export interface Chunking {
  /** Characters in each chunk of text, thinking, refusal and tool arguments; at least 1, default 8. */
  size?: number;
  /** Milliseconds between chunks; default 0. */
  delayMs?: number;
}

/** What goes with a reply, whatever it says. */
export interface ReplySettings {
  /** The model that says it answered; default: the one asked for. */
  model?: string;
  /** Counts left out are taken from the content: four characters are a token. */
  usage?: Partial<Usage>;
  chunking?: Chunking;
  /** For embeddings: one vector for each input. Default: unit vectors that depend on the text alone. */
  embeddings?: number[][];
  fault?: Fault;
}

/** One choice, repeated as often as the request asks for; or the choices themselves, exactly as many. */
export type ReplyContent = (Choice & { choices?: never }) | { choices: Choice[] };

/** What the model answers, whatever the provider. An empty object is an empty answer. */
export type ModelReply = ReplySettings & ReplyContent;
