import { interleave, split } from '../chunking.ts';
import type { JsonObject } from '../json.ts';
import type { Turn, TurnChoice, TurnToolCall } from '../turn.ts';
import { completionHead, completionUsage, finishReasons } from './completion.ts';

/**
 * A turn as the events of a stream. Choices take turns, and so do parallel tool calls within a choice: a client must
 * put them together by index.
 */
export function completionEvents(turn: Turn, includeUsage: boolean): string[] {
  const head = completionHead(turn, 'chat.completion.chunk');
  const streamed = turn.choices.map((choice, index) => choiceDeltas(choice, index, turn.chunkSize));
  const chunks = interleave(streamed).map((choice) => ({
    ...head,
    choices: [choice],
    ...(includeUsage && { usage: null }),
  }));
  const usage = includeUsage ? [{ ...head, choices: [], usage: completionUsage(turn.usage) }] : [];
  return [...[...chunks, ...usage].map((chunk) => event(JSON.stringify(chunk))), event('[DONE]')];
}

/** One server-sent event. */
export function event(data: string): string {
  return `data: ${data}\n\n`;
}

function choiceDeltas(choice: TurnChoice, index: number, size: number | undefined): JsonObject[] {
  const deltas: JsonObject[] = [
    { role: 'assistant', content: choice.text === null ? null : '', refusal: null },
    ...split(choice.text ?? '', size).map((content) => ({ content })),
    ...split(choice.refusal ?? '', size).map((refusal) => ({ refusal })),
    ...interleave(choice.toolCalls.map((call, position) => toolCallDeltas(call, position, size))),
  ];
  return [
    ...deltas.map((delta) => ({ index, delta, logprobs: null, finish_reason: null })),
    { index, delta: {}, logprobs: null, finish_reason: finishReasons[choice.finishReason] },
  ];
}

function toolCallDeltas(call: TurnToolCall, index: number, size: number | undefined): JsonObject[] {
  const opening = { index, id: call.id, type: 'function', function: { name: call.name, arguments: '' } };
  const fragments = split(call.arguments, size).map((text) => ({ index, function: { arguments: text } }));
  return [opening, ...fragments].map((toolCall) => ({ tool_calls: [toolCall] }));
}
