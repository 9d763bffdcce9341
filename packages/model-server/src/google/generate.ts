import { interleave, split } from '../chunking.ts';
import { type Endpoint, jsonAnswer, streamAnswer } from '../dialect.ts';
import { type JsonObject, parseJson } from '../json.ts';
import type { FinishReason } from '../reply.ts';
import { completeTurn, type Turn, type TurnChoice } from '../turn.ts';
import type { Usage } from '../usage.ts';
import { modelIn } from './path.ts';
import { readContents } from './read-contents.ts';

const FINISH_REASONS = {
  stop: 'STOP',
  length: 'MAX_TOKENS',
  tool_calls: 'STOP',
  content_filter: 'SAFETY',
  refusal: 'PROHIBITED_CONTENT',
} as const satisfies Record<FinishReason, string>;

/** `POST …/models/{model}:generateContent` */
export const generateContent: Endpoint = {
  read: (body, path) => readContents(body, modelIn(path), false),
  render(request, reply, nextId) {
    const turn = completeTurn(request, reply, nextId, { turn: 'response-', toolCall: 'call-' });
    const candidates = turn.choices.map((choice, index) => ({
      content: { role: 'model', parts: parts(choice) },
      finishReason: FINISH_REASONS[choice.finishReason],
      index,
    }));
    return jsonAnswer({ ...head(turn), candidates, usageMetadata: usageMetadata(turn.usage) });
  },
};

/** `POST …/models/{model}:streamGenerateContent?alt=sse` */
export const streamGenerateContent: Endpoint = {
  read: (body, path) => readContents(body, modelIn(path), true),
  render(request, reply, nextId) {
    const turn = completeTurn(request, reply, nextId, { turn: 'response-', toolCall: 'call-' });
    const chunks = interleave(turn.choices.map((choice, index) => pieces(choice, index, turn.chunkSize)));
    const last = turn.choices.map(({ finishReason }, index) => ({
      content: { role: 'model', parts: [{ text: '' }] },
      finishReason: FINISH_REASONS[finishReason],
      index,
    }));
    return streamAnswer(
      [
        ...chunks.map((candidate) => ({ ...head(turn), candidates: [candidate] })),
        { ...head(turn), candidates: last, usageMetadata: usageMetadata(turn.usage) },
      ].map((chunk) => `data: ${JSON.stringify(chunk)}\r\n\r\n`),
    );
  },
};

function head({ id, model }: Turn): JsonObject {
  return { responseId: id, modelVersion: model };
}

function parts({ thinking, text, refusal, toolCalls }: TurnChoice): JsonObject[] {
  return [
    ...(thinking === '' ? [] : [{ text: thinking, thought: true }]),
    ...toolCalls.map(({ id, name, arguments: args }) => ({
      functionCall: { id, name, args: parseJson(args) },
    })),
    ...(text === null && refusal === null ? [] : [{ text: text ?? refusal }]),
  ];
}

/** Texts come in pieces, calls whole. */
function pieces(choice: TurnChoice, index: number, size: number | undefined): JsonObject[] {
  return parts(choice)
    .flatMap((part) =>
      typeof part.text === 'string' ? split(part.text, size).map((text) => ({ ...part, text })) : [part],
    )
    .map((part) => ({ content: { role: 'model', parts: [part] }, index }));
}

/** Thoughts are counted apart from the answer. */
function usageMetadata(usage: Usage): JsonObject {
  return {
    promptTokenCount: usage.inputTokens,
    candidatesTokenCount: usage.outputTokens - usage.reasoningTokens,
    ...(usage.reasoningTokens > 0 && { thoughtsTokenCount: usage.reasoningTokens }),
    ...(usage.cachedInputTokens > 0 && { cachedContentTokenCount: usage.cachedInputTokens }),
    totalTokenCount: usage.inputTokens + usage.outputTokens,
  };
}
