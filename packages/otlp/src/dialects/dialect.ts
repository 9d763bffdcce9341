/** A column of a span row that an attribute is promoted to. */
export type Column =
  | 'session_id'
  | 'agent_id'
  | 'agent_name'
  | 'provider'
  | 'model'
  | 'input_tokens'
  | 'output_tokens'
  | 'cache_read_tokens'
  | 'cache_write_tokens'
  | 'reasoning_tokens'
  | 'cost'
  | 'user_id'
  | 'conversation_id';

/** An attribute that tells what kind of thing a span is. */
interface KindRule {
  attribute: string;
  /** The kind each of its values means. Values in lower case; the others tell nothing. */
  kinds: ReadonlyMap<string, string>;
  /** The values are kinds themselves: one that `kinds` does not list stands as it is. */
  open?: true;
}

/**
 * How one family of instrumentations spells its messages, as attributes with indices in their names
 * (`gen_ai.prompt.0.role`). Names below a prefix are relative to it.
 */
export interface MessageLayout {
  /** The prefix before the index of a message to the model, and of one from it. */
  input: string;
  output: string;
  role: string;
  content: string;
  finishReason: string;
  /** The call a tool's message answers. */
  toolCallId: string;
  toolCalls: { prefix: string; id: string; name: string; arguments: string };
  /** The one call of a message in the older form of function calling. */
  functionCall: { name: string; arguments: string };
  /** The parts of content that is more than text. */
  contents?: { prefix: string; text: string; imageUri: string };
}

/** What one family of instrumentations calls things. A rule is a row here, never a branch elsewhere. */
export interface Dialect {
  /** The attributes a column is taken from, the best first. */
  columns: Partial<Record<Column, readonly string[]>>;
  /** The attributes the span's kind is taken from, the best first. */
  kinds: readonly KindRule[];
  /** The attribute that names the agent, on spans of the kind `agent` only. */
  agentSpanName?: string;
  messages?: MessageLayout;
}
