import type { SpanDocument } from '@agentops/server/api';
import { INPUT_MESSAGES, OUTPUT_MESSAGES, SYSTEM_INSTRUCTIONS } from '../semconv.ts';

/** One part of a chat message, after the GenAI conventions' message schema. */
export type Part =
  | { readonly type: 'text'; readonly text: string }
  | { readonly type: 'reasoning'; readonly text: string }
  | {
      readonly type: 'tool_call';
      readonly id: string | null;
      readonly name: string;
      readonly arguments: unknown;
    }
  | { readonly type: 'tool_result'; readonly id: string | null; readonly result: unknown }
  | { readonly type: 'other'; readonly label: string; readonly value: unknown };

/** One message of a chat. */
export interface Message {
  readonly role: string;
  readonly parts: readonly Part[];
  readonly finishReason: string | null;
}

/** What went into an LLM call and what came out of it. */
export interface Chat {
  readonly input: readonly Message[];
  readonly output: readonly Message[];
}

/** The chat of an LLM call; null where its content was not captured. */
export function chatOf(attributes: SpanDocument['attributes']): Chat | null {
  const system = parse(attributes[SYSTEM_INSTRUCTIONS]);
  const input = parse(attributes[INPUT_MESSAGES]);
  const output = parse(attributes[OUTPUT_MESSAGES]);
  if (system === undefined && input === undefined && output === undefined) return null;
  const instructions = system === undefined ? [] : [systemMessage(system)];
  return { input: [...instructions, ...messages(input, 'user')], output: messages(output, 'assistant') };
}

/** Where each tool result's call was made: tool names by call id, over all messages of a chat. */
export function toolNames({ input, output }: Chat): ReadonlyMap<string, string> {
  const calls = [...input, ...output]
    .flatMap((message) => message.parts)
    .filter((part) => part.type === 'tool_call');
  return new Map(calls.flatMap(({ id, name }) => (id === null ? [] : [[id, name] as const])));
}

/** Content that was cut off, or is no JSON at all, stays as text: the reader is better served by it than by nothing. */
function parse(value: unknown): unknown {
  if (typeof value !== 'string') return value ?? undefined;
  try {
    return JSON.parse(value);
  } catch {
    return value;
  }
}

function systemMessage(instructions: unknown): Message {
  const parts = Array.isArray(instructions) ? instructions : [instructions];
  return { role: 'system', parts: parts.map(partOf), finishReason: null };
}

function messages(value: unknown, role: string): Message[] {
  if (value === undefined) return [];
  return (Array.isArray(value) ? value : [value]).map((item) => messageOf(item, role));
}

function messageOf(value: unknown, defaultRole: string): Message {
  if (!isRecord(value)) return { role: defaultRole, parts: [partOf(value)], finishReason: null };
  const parts = [value.parts ?? value.content ?? []].flat();
  return {
    role: text(value.role) ?? defaultRole,
    parts: parts.map(partOf),
    finishReason: text(value.finish_reason),
  };
}

function partOf(value: unknown): Part {
  if (typeof value === 'string') return { type: 'text', text: value };
  if (!isRecord(value)) return { type: 'other', label: 'content', value };
  const content = text(value.content) ?? text(value.text);
  switch (value.type) {
    case 'text':
      return { type: 'text', text: content ?? '' };
    case 'reasoning':
      return { type: 'reasoning', text: content ?? '' };
    case 'tool_call':
      return {
        type: 'tool_call',
        id: text(value.id),
        name: text(value.name) ?? 'unnamed tool',
        arguments: value.arguments,
      };
    case 'tool_call_response':
      return { type: 'tool_result', id: text(value.id), result: value.response ?? value.result };
    default:
      return { type: 'other', label: text(value.modality) ?? text(value.type) ?? 'content', value };
  }
}

function text(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
