import type { TokenUsage } from '../../cost/token-usage.ts';
import type { LlmResponse } from '../../llm-call.ts';
import { type Message, type MessagePart, textPart } from '../../messages.ts';
import type {
  Interaction,
  InteractionContent,
  InteractionRequest,
  InteractionStep,
  InteractionUsage,
} from './interaction-wire.ts';

/** An interaction as it is recorded; `content` says whether its messages are wanted. */
export function toLlmResponse(
  { id, model, status, steps = [], usage }: Interaction,
  content: boolean,
): LlmResponse {
  const finishReason = finishReasonOf(status);
  return {
    id,
    model,
    usage: toUsage(usage),
    finishReasons: finishReason === undefined ? [] : [finishReason],
    ...(status === 'failed' && { error: { type: 'failed', message: 'the interaction failed' } }),
    ...(content && {
      messages: toMessages(steps.filter(({ type }) => type !== 'user_input')).map((message) => ({
        ...message,
        ...(finishReason !== undefined && { finish_reason: finishReason }),
      })),
    }),
  };
}

/** What was said, in whichever of the forms the client takes. */
export function inputMessages(input: InteractionRequest['input']): Message[] {
  if (input === undefined) return [];
  if (typeof input === 'string') return [{ role: 'user', parts: [textPart(input)] }];
  const list = (Array.isArray(input) ? input : [input]) as readonly (InteractionContent & InteractionStep)[];
  const isSteps = list.some(
    ({ type }) => type?.endsWith('_input') || type?.endsWith('_output') || isAct(type),
  );
  return isSteps ? toMessages(list) : [{ role: 'user', parts: list.map(contentPart) }];
}

/** Steps that follow each other in one role are one message. */
function toMessages(steps: readonly InteractionStep[]): Message[] {
  const messages: { role: string; parts: MessagePart[] }[] = [];
  for (const step of steps) {
    const role = step.type === 'user_input' ? 'user' : step.type === 'function_result' ? 'tool' : 'assistant';
    const last = messages.at(-1);
    if (last?.role === role) last.parts.push(...stepParts(step));
    else messages.push({ role, parts: stepParts(step) });
  }
  return messages;
}

function isAct(type: string | undefined): boolean {
  return type === 'thought' || type === 'function_call' || type === 'function_result';
}

function stepParts(step: InteractionStep): MessagePart[] {
  switch (step.type) {
    case 'user_input':
    case 'model_output':
      return (step.content ?? []).map(contentPart);
    case 'thought':
      return (step.summary ?? []).map(({ text }) => ({ type: 'reasoning', content: text ?? '' }));
    case 'function_call':
      return [{ type: 'tool_call', id: step.id ?? null, name: step.name ?? '', arguments: step.arguments }];
    case 'function_result':
      return [{ type: 'tool_call_response', id: step.call_id ?? null, response: step.result }];
    default:
      return [{ ...step, type: step.type ?? 'other' }];
  }
}

function contentPart(content: InteractionContent): MessagePart {
  return typeof content.text === 'string'
    ? textPart(content.text)
    : { ...content, type: content.type ?? 'other' };
}

/** The words of the conventions, where there is one for it. */
function finishReasonOf(status: string | undefined): string | undefined {
  if (status === 'completed') return 'stop';
  return status === 'requires_action' ? 'tool_calls' : status;
}

/** Thoughts are output here, whatever the provider calls them; cached tokens are among the input's already. */
function toUsage(usage: InteractionUsage | undefined): TokenUsage | undefined {
  if (usage === undefined) return undefined;
  const { total_input_tokens: input, total_output_tokens: output, total_thought_tokens: thoughts } = usage;
  return {
    inputTokens: input === undefined ? undefined : input + (usage.total_tool_use_tokens ?? 0),
    outputTokens:
      output === undefined && thoughts === undefined ? undefined : (output ?? 0) + (thoughts ?? 0),
    cacheReadTokens: usage.total_cached_tokens,
    reasoningTokens: thoughts,
  };
}
