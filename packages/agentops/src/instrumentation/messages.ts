import { toJson } from '../json.ts';

/**
 * A message as the GenAI conventions have it (`gen_ai.input.messages`, `gen_ai.output.messages`); every provider's own
 * form is mapped to it.
 */
export interface Message {
  readonly role: string;
  readonly parts: readonly MessagePart[];
  readonly name?: string;
  /** On output messages. */
  readonly finish_reason?: string;
}

/** What a message is made of. */
export type MessagePart =
  | { readonly type: 'text'; readonly content: string }
  | { readonly type: 'reasoning'; readonly content: string }
  | {
      readonly type: 'tool_call';
      readonly id: string | null;
      readonly name: string;
      readonly arguments: unknown;
    }
  | { readonly type: 'tool_call_response'; readonly id: string | null; readonly response: unknown }
  | { readonly type: 'uri'; readonly modality: string; readonly uri: string }
  | {
      readonly type: 'blob';
      readonly modality: string;
      readonly mime_type?: string;
      readonly content: string;
    }
  | { readonly type: 'file'; readonly file_id: string }
  | { readonly type: 'refusal'; readonly content: string }
  /** Anything a provider invents: kept as it came. */
  | { readonly type: string; readonly [key: string]: unknown };

export function textPart(content: string): MessagePart {
  return { type: 'text', content };
}

/** A text with what it rests on, in the provider's own form. */
export function citingPart(content: string, citations: readonly unknown[] | null | undefined): MessagePart {
  const part = textPart(content);
  return citations === null || citations === undefined || citations.length === 0
    ? part
    : { ...part, citations };
}

/** A text, or messages in the plain `{role, content}` form, as JSON of the conventions' messages. */
export function plainMessages(value: unknown, role: string): string | undefined {
  if (value === undefined || value === null) return undefined;
  const list: readonly unknown[] = Array.isArray(value) ? value : [value];
  return toJson(list.map((item) => plainMessage(item, role)));
}

function plainMessage(value: unknown, defaultRole: string): Message {
  if (typeof value !== 'object' || value === null || !('content' in value)) {
    return { role: defaultRole, parts: [textPart(asText(value))] };
  }
  const role = 'role' in value && typeof value.role === 'string' ? value.role : defaultRole;
  return { role, parts: [textPart(asText(value.content))] };
}

function asText(value: unknown): string {
  return typeof value === 'string' ? value : (toJson(value) ?? '');
}

/**
 * `messages` as JSON. Those of nothing but text, which is most, are spared the look at each of their values that
 * {@link toJson} has for what a program's own objects may be.
 */
export function messagesToJson(messages: readonly Message[]): string | undefined {
  return messages.every(isTextAlone) ? JSON.stringify(messages) : toJson(messages);
}

function isTextAlone(message: Message): boolean {
  for (const key in message) {
    if (key !== 'parts' && typeof message[key as keyof Message] !== 'string') return false;
  }
  return message.parts.every(isText);
}

function isText(part: MessagePart): boolean {
  for (const key in part) if (typeof part[key as keyof MessagePart] !== 'string') return false;
  return true;
}

/** Arguments of a tool call as providers send them: JSON text that may be cut short. Kept as text where it does not parse. */
export function parseArguments(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
