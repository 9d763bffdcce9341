import { Attr } from '../semconv.ts';
import type { AttributeMap, JsonValue } from '../span-row.ts';
import type { MessageLayout } from './dialect.ts';
import { dialects } from './dialects.ts';
import { textOf } from './reading.ts';

/** A message as the GenAI conventions write it, in `gen_ai.input.messages` and `gen_ai.output.messages`. */
interface Message {
  role: string;
  parts: MessagePart[];
  finish_reason?: string;
}

type MessagePart =
  | { type: 'text'; content: string }
  | { type: 'tool_call'; id: string | null; name: string; arguments: JsonValue }
  | { type: 'tool_call_response'; id: string | null; response: string }
  | { type: 'uri'; modality: 'image'; uri: string };

const layouts = dialects.flatMap((dialect) => dialect.messages ?? []);
const INDEX = /^\d{1,9}$/;

/**
 * The attributes with the conventions' messages beside those that spell them with indexed names: a copy, or `attributes`
 * itself where nothing is to be added. What the sender wrote itself is left as it is, and so are the indexed attributes.
 */
export function withMessages(attributes: AttributeMap): AttributeMap {
  const input = messagesOf(attributes, Attr.GEN_AI_INPUT_MESSAGES, 'input', 'user');
  const output = messagesOf(attributes, Attr.GEN_AI_OUTPUT_MESSAGES, 'output', 'assistant');
  if (input === undefined && output === undefined) return attributes;
  return {
    ...attributes,
    ...(input !== undefined && { [Attr.GEN_AI_INPUT_MESSAGES]: input }),
    ...(output !== undefined && { [Attr.GEN_AI_OUTPUT_MESSAGES]: output }),
  };
}

/** The messages to write under `target` as JSON; undefined where they are there, or there are none. */
function messagesOf(
  attributes: AttributeMap,
  target: string,
  direction: 'input' | 'output',
  usualRole: string,
): string | undefined {
  if (Object.hasOwn(attributes, target)) return undefined;
  for (const layout of layouts) {
    const messages = indexed(attributes, layout[direction])
      .map((fields) => toMessage(fields, layout, usualRole))
      .filter((message) => message.parts.length > 0);
    if (messages.length > 0) return JSON.stringify(messages);
  }
  return undefined;
}

/** The items of an indexed list: for each index below `prefix`, in order, its attributes by the rest of their names. */
function indexed(attributes: AttributeMap, prefix: string): AttributeMap[] {
  const items = new Map<number, AttributeMap>();
  for (const name in attributes) {
    if (!name.startsWith(prefix)) continue;
    const dot = name.indexOf('.', prefix.length);
    const index = name.slice(prefix.length, dot);
    if (dot < 0 || !INDEX.test(index)) continue;
    const item: AttributeMap = items.get(Number(index)) ?? Object.create(null);
    item[name.slice(dot + 1)] = attributes[name] ?? null;
    items.set(Number(index), item);
  }
  return [...items].sort(([a], [b]) => a - b).map(([, item]) => item);
}

function toMessage(fields: AttributeMap, layout: MessageLayout, usualRole: string): Message {
  const finishReason = textOf(fields[layout.finishReason]);
  return {
    role: textOf(fields[layout.role]) ?? usualRole,
    parts: [...contentParts(fields, layout), ...toolCallParts(fields, layout)],
    ...(finishReason !== undefined && { finish_reason: finishReason }),
  };
}

function contentParts(fields: AttributeMap, layout: MessageLayout): MessagePart[] {
  const content = textOf(fields[layout.content]);
  const answered = textOf(fields[layout.toolCallId]);
  if (answered !== undefined) return [{ type: 'tool_call_response', id: answered, response: content ?? '' }];
  const parts: MessagePart[] = content === undefined ? [] : [{ type: 'text', content }];
  if (layout.contents === undefined) return parts;
  for (const item of indexed(fields, layout.contents.prefix)) {
    const text = textOf(item[layout.contents.text]);
    const uri = textOf(item[layout.contents.imageUri]);
    if (text !== undefined) parts.push({ type: 'text', content: text });
    if (uri !== undefined) parts.push({ type: 'uri', modality: 'image', uri });
  }
  return parts;
}

function toolCallParts(fields: AttributeMap, layout: MessageLayout): MessagePart[] {
  const { toolCalls, functionCall } = layout;
  const calls = indexed(fields, toolCalls.prefix).map((call) => toolCall(call, toolCalls));
  return [...calls, toolCall(fields, functionCall)].filter((part) => part !== undefined);
}

/** Arguments stay as they came, usually JSON in a string: the model wrote them, and they need not be valid. */
function toolCall(
  fields: AttributeMap,
  names: { id?: string; name: string; arguments: string },
): MessagePart | undefined {
  const name = textOf(fields[names.name]);
  if (name === undefined) return undefined;
  const id = names.id === undefined ? undefined : textOf(fields[names.id]);
  return { type: 'tool_call', id: id ?? null, name, arguments: fields[names.arguments] ?? null };
}
