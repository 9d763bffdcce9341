import type { JsonObject } from './json.ts';

/** The wire protocol a request came in. */
export type Provider = 'openai' | 'anthropic' | 'google';

/** What was asked of the model. */
export type Operation = 'chat' | 'text_completion' | 'embeddings';

/** A tool call the assistant made earlier in the conversation. */
export interface PastToolCall {
  id: string;
  name: string;
  /** The parsed arguments, or the text itself where the model had written no valid JSON. */
  arguments: unknown;
}

/** What a tool gave back. */
export interface ToolResult {
  /** The id of the call it answers. */
  id: string;
  content: string;
  /** Always false for OpenAI, whose protocol cannot say it. */
  isError: boolean;
}

/**
 * One message of the conversation, the same for every provider: results of parallel tool calls stand together in
 * one `tool` message, and system text is not here but in {@link ModelRequest.system}.
 */
export interface Message {
  role: 'user' | 'assistant' | 'tool';
  text: string;
  toolCalls: PastToolCall[];
  toolResults: ToolResult[];
}

/** A tool the model may call. */
export interface ToolDefinition {
  name: string;
  description: string;
  /** The JSON Schema of its arguments; undefined for tools that the provider runs itself. */
  parameters: unknown;
}

/** What the request says, read out of its provider's form. */
export interface RequestContent {
  provider: Provider;
  operation: Operation;
  model: string;
  /** System and developer text, paragraphs apart. */
  system: string;
  /** Empty for embeddings. */
  messages: Message[];
  tools: ToolDefinition[];
  /** The texts to embed (token arrays as numbers with spaces between); empty for chat. */
  inputs: string[];
  /** How many choices were asked for (OpenAI's `n`). */
  choiceCount: number;
  stream: boolean;
}

/** What a script answers: one request to the model, whatever provider it was meant for. */
export interface ModelRequest extends RequestContent {
  /** How many requests reached the script before this one. */
  index: number;
  /** The body as it came. */
  body: JsonObject;
}
