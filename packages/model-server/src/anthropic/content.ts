import { createHash } from 'node:crypto';
import { split } from '../chunking.ts';
import { isJsonObject, type JsonObject, parseJson } from '../json.ts';
import type { TurnChoice, TurnToolCall } from '../turn.ts';

/** A content block both ways it can be sent. */
export interface ContentBlock {
  /** The whole of it. */
  block(): JsonObject;
  /** What a stream opens it with. */
  opening: JsonObject;
  /** What a stream fills it with. */
  deltas(size: number | undefined): JsonObject[];
}

/** The blocks of an answer in Anthropic's order: thinking, text, tool calls. */
export function contentBlocks({ thinking, text, toolCalls }: TurnChoice): ContentBlock[] {
  return [
    ...(thinking ? [thinkingBlock(thinking)] : []),
    ...(text ? [textBlock(text)] : []),
    ...toolCalls.map(toolUseBlock),
  ];
}

function thinkingBlock(thinking: string): ContentBlock {
  const signature = createHash('sha256').update(thinking).digest('base64');
  return {
    block: () => ({ type: 'thinking', thinking, signature }),
    opening: { type: 'thinking', thinking: '', signature: '' },
    deltas: (size) => [
      ...split(thinking, size).map((piece) => ({ type: 'thinking_delta', thinking: piece })),
      { type: 'signature_delta', signature },
    ],
  };
}

function textBlock(text: string): ContentBlock {
  return {
    block: () => ({ type: 'text', text, citations: null }),
    opening: { type: 'text', text: '', citations: null },
    deltas: (size) => split(text, size).map((piece) => ({ type: 'text_delta', text: piece })),
  };
}

function toolUseBlock(call: TurnToolCall): ContentBlock {
  const head = { type: 'tool_use', id: call.id, name: call.name, caller: { type: 'direct' } };
  return {
    block: () => ({ ...head, input: inputOf(call) }),
    opening: { ...head, input: {} },
    deltas: (size) =>
      ['', ...split(call.arguments, size)].map((piece) => ({
        type: 'input_json_delta',
        partial_json: piece,
      })),
  };
}

/** Only a stream can carry arguments that are not a JSON object. */
function inputOf({ name, arguments: text }: TurnToolCall): JsonObject {
  const input = parseJson(text);
  if (isJsonObject(input)) return input;
  throw new TypeError(
    `The script calls ${name} with ${text}, which is no JSON object: Anthropic has no place for it but a stream.`,
  );
}
