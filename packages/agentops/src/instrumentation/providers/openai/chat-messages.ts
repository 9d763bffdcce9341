import * as attr from '../../../semconv/attributes.ts';
import type { TokenUsage } from '../../cost/token-usage.ts';
import type { LlmResponse } from '../../llm-call.ts';
import { citingPart, type Message, type MessagePart, parseArguments, textPart } from '../../messages.ts';
import type { ChatMessage, ContentPart, ToolCall, Usage } from './wire.ts';

/** A chat message as the GenAI conventions have it. */
export function toMessage(message: ChatMessage, finishReason?: string | null): Message {
  const { role, name, content, refusal, tool_calls, tool_call_id, function_call, audio } = message;
  const reasoning = message.reasoning_content ?? message.reasoning;
  const parts: MessagePart[] =
    role === 'tool' && tool_call_id !== undefined
      ? [{ type: 'tool_call_response', id: tool_call_id, response: contentText(content) }]
      : contentParts(content, message.annotations);
  if (typeof reasoning === 'string' && reasoning !== '') {
    parts.unshift({ type: 'reasoning', content: reasoning });
  }
  if (typeof audio?.transcript === 'string') parts.push({ type: 'audio', transcript: audio.transcript });
  if (typeof refusal === 'string') parts.push({ type: 'refusal', content: refusal });
  for (const call of tool_calls ?? []) parts.push(toolCallPart(call));
  if (function_call) parts.push(toolCallPart({ function: function_call }));
  // Most messages have neither, and are many.
  if (name === undefined && typeof finishReason !== 'string') return { role, parts };
  return {
    role,
    parts,
    ...(name !== undefined && { name }),
    ...(typeof finishReason === 'string' && { finish_reason: finishReason }),
  };
}

/** What a call was served as, for its price and on its span. */
export function servedAs(tier: string | null | undefined): Pick<LlmResponse, 'serviceTier' | 'attributes'> {
  if (typeof tier !== 'string') return {};
  return { serviceTier: tier, attributes: { [attr.ATTR_OPENAI_RESPONSE_SERVICE_TIER]: tier } };
}

/** `prompt_tokens` includes cached ones, as the conventions want it. */
export function toUsage(usage: Usage | null | undefined): TokenUsage | undefined {
  if (usage === null || usage === undefined) return undefined;
  return {
    inputTokens: usage.prompt_tokens ?? undefined,
    outputTokens: usage.completion_tokens ?? undefined,
    cacheReadTokens: usage.prompt_tokens_details?.cached_tokens ?? undefined,
    cacheWriteTokens: usage.prompt_tokens_details?.cache_write_tokens ?? undefined,
    reasoningTokens: usage.completion_tokens_details?.reasoning_tokens ?? undefined,
    inputAudioTokens: usage.prompt_tokens_details?.audio_tokens ?? undefined,
    outputAudioTokens: usage.completion_tokens_details?.audio_tokens ?? undefined,
  };
}

function toolCallPart({ id, function: fn, custom }: ToolCall): MessagePart {
  return {
    type: 'tool_call',
    id: id ?? null,
    name: fn?.name ?? custom?.name ?? '',
    arguments: custom === undefined ? parseArguments(fn?.arguments ?? '') : custom.input,
  };
}

function contentParts(
  content: ChatMessage['content'],
  annotations: ChatMessage['annotations'],
): MessagePart[] {
  if (content === null || content === undefined) return [];
  return typeof content === 'string' ? [citingPart(content, annotations)] : content.map(toPart);
}

/** A tool's answer is a text, or text parts that make one. */
function contentText(content: ChatMessage['content']): unknown {
  if (content === null || content === undefined || typeof content === 'string') return content;
  return content.every((part) => part.type === 'text') ? content.map((part) => part.text).join('') : content;
}

function toPart(part: ContentPart): MessagePart {
  switch (part.type) {
    case 'text':
      return textPart(part.text ?? '');
    case 'refusal':
      return { type: 'refusal', content: part.refusal ?? '' };
    case 'image_url':
      return imagePart(part.image_url?.url ?? '');
    case 'input_audio':
      return {
        type: 'blob',
        modality: 'audio',
        mime_type: `audio/${part.input_audio?.format}`,
        content: part.input_audio?.data ?? '',
      };
    case 'file':
      return part.file?.file_id === undefined ? { ...part } : { type: 'file', file_id: part.file.file_id };
    default:
      return { ...part };
  }
}

/** An image by its address, or its bytes where the address holds them. */
export function imagePart(url: string): MessagePart {
  const inline = /^data:([^;,]*);base64,(.*)$/s.exec(url);
  return inline === null
    ? { type: 'uri', modality: 'image', uri: url }
    : { type: 'blob', modality: 'image', mime_type: inline[1] ?? '', content: inline[2] ?? '' };
}
