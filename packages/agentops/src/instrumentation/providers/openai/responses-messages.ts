import type { TokenUsage } from '../../cost/token-usage.ts';
import type { LlmResponse } from '../../llm-call.ts';
import { citingPart, type Message, type MessagePart, parseArguments, textPart } from '../../messages.ts';
import { imagePart, servedAs } from './chat-messages.ts';
import type { ResponseDocument, ResponseItem, ResponsePart, ResponseUsage } from './responses-wire.ts';

/** A response as it is recorded; `content` says whether its messages are wanted. */
export function toLlmResponse(document: ResponseDocument, content: boolean): LlmResponse {
  const { id, model, status, error, incomplete_details, output, usage, service_tier } = document;
  const finishReason = finishReasonOf(status, incomplete_details?.reason, output);
  return {
    id,
    model,
    usage: toUsage(usage),
    ...servedAs(service_tier),
    finishReasons: finishReason === undefined ? [] : [finishReason],
    ...(error !== null && error !== undefined && { error: toError(error) }),
    ...(content && { messages: outputMessages(output ?? [], finishReason) }),
  };
}

/** What a response says of its own failure. */
export function toError(error: NonNullable<ResponseDocument['error']>): NonNullable<LlmResponse['error']> {
  return { type: error.code ?? 'response_failed', message: error.message ?? 'the response failed' };
}

/** Items of the conversation as messages: what follows in one role is one message, and each tool's answer its own. */
export function toMessages(items: readonly ResponseItem[]): Message[] {
  const messages: { role: string; parts: MessagePart[] }[] = [];
  for (const item of items) {
    const role = roleOf(item);
    const parts = toParts(item);
    const last = messages.at(-1);
    if (last?.role === role && role === 'assistant') last.parts.push(...parts);
    else messages.push({ role, parts });
  }
  return messages;
}

function outputMessages(items: readonly ResponseItem[], finishReason: string | undefined): Message[] {
  return toMessages(items).map((message) => ({
    ...message,
    ...(finishReason !== undefined && { finish_reason: finishReason }),
  }));
}

/** Calls that wait for what the caller's own tools give. */
const CALLERS_TOOLS = new Set(['function_call', 'custom_tool_call', 'computer_call', 'local_shell_call']);

/** The words of the conventions, where there is one for it; that of chats for calls of tools, which has none here. */
function finishReasonOf(
  status: string | null | undefined,
  reason: string | undefined,
  output: ResponseDocument['output'],
): string | undefined {
  if (reason === 'max_output_tokens') return 'length';
  if (reason !== undefined) return reason;
  if (status !== 'completed') return status ?? undefined;
  return output?.some(({ type = '' }) => CALLERS_TOOLS.has(type)) ? 'tool_calls' : 'stop';
}

function toUsage(usage: ResponseUsage | null | undefined): TokenUsage | undefined {
  if (usage === null || usage === undefined) return undefined;
  return {
    inputTokens: usage.input_tokens ?? undefined,
    outputTokens: usage.output_tokens ?? undefined,
    cacheReadTokens: usage.input_tokens_details?.cached_tokens ?? undefined,
    cacheWriteTokens: usage.input_tokens_details?.cache_write_tokens ?? undefined,
    reasoningTokens: usage.output_tokens_details?.reasoning_tokens ?? undefined,
  };
}

function roleOf({ type, role }: ResponseItem): string {
  if (role !== undefined) return role;
  return type?.endsWith('_output') === true ? 'tool' : 'assistant';
}

function toParts(item: ResponseItem): MessagePart[] {
  switch (item.type) {
    case undefined:
    case 'message':
      return typeof item.content === 'string' ? [textPart(item.content)] : (item.content ?? []).map(toPart);
    case 'function_call':
      return [toolCall(item, parseArguments(item.arguments ?? ''))];
    case 'custom_tool_call':
      return [toolCall(item, item.input)];
    case 'function_call_output':
    case 'custom_tool_call_output':
      return [{ type: 'tool_call_response', id: item.call_id ?? null, response: item.output }];
    case 'reasoning':
      return reasoningTexts(item).map((content) => ({ type: 'reasoning', content }));
    default:
      return [{ ...item, type: item.type }];
  }
}

function toolCall({ call_id, name }: ResponseItem, args: unknown): MessagePart {
  return { type: 'tool_call', id: call_id ?? null, name: name ?? '', arguments: args };
}

function reasoningTexts({ content, summary }: ResponseItem): string[] {
  const parts = typeof content === 'object' && content !== null && content.length > 0 ? content : summary;
  return (parts ?? []).flatMap(({ text }) => text ?? []);
}

function toPart(part: ResponsePart): MessagePart {
  switch (part.type) {
    case 'input_text':
    case 'output_text':
    case 'text':
      return citingPart(part.text ?? '', part.annotations);
    case 'refusal':
      return { type: 'refusal', content: part.refusal ?? '' };
    case 'input_image':
      return typeof part.image_url === 'string' ? imagePart(part.image_url) : fileOr(part);
    case 'input_file':
      return fileOr(part);
    default:
      return { ...part };
  }
}

function fileOr(part: ResponsePart): MessagePart {
  return typeof part.file_id === 'string' ? { type: 'file', file_id: part.file_id } : { ...part };
}
