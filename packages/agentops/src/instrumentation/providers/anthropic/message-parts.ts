import type { TokenUsage } from '../../cost/token-usage.ts';
import { citingPart, type MessagePart, textPart } from '../../messages.ts';
import type { ContentBlock, Usage } from './wire.ts';

/** A message's content as parts of the GenAI conventions. */
export function toParts(content: string | readonly ContentBlock[] | undefined): MessagePart[] {
  if (content === undefined) return [];
  return typeof content === 'string' ? [textPart(content)] : content.map(toPart);
}

/**
 * Anthropic counts cached tokens apart; the conventions count them among the input. What it took to compact the
 * conversation on the way is paid for with the answer and left out of the provider's totals.
 */
export function toUsage(usage: Usage | undefined): TokenUsage | undefined {
  if (usage === undefined) return undefined;
  const compactions = usage.iterations?.filter(({ type }) => type === 'compaction') ?? [];
  const paid = [usage, ...compactions];
  const cacheRead = sum(paid, (part) => part.cache_read_input_tokens);
  const cacheWrite = sum(paid, (part) => part.cache_creation_input_tokens);
  const uncached = sum(paid, (part) => part.input_tokens);
  return {
    inputTokens: uncached === undefined ? undefined : uncached + (cacheRead ?? 0) + (cacheWrite ?? 0),
    outputTokens: sum(paid, (part) => part.output_tokens),
    cacheReadTokens: cacheRead,
    cacheWriteTokens: cacheWrite,
    cacheWriteHourTokens: sum(paid, (part) => part.cache_creation?.ephemeral_1h_input_tokens),
    reasoningTokens: usage.output_tokens_details?.thinking_tokens ?? undefined,
  };
}

/** Undefined where none has a count. */
function sum(
  parts: readonly Usage[],
  countOf: (part: Usage) => number | null | undefined,
): number | undefined {
  let total: number | undefined;
  for (const part of parts) {
    const count = countOf(part) ?? undefined;
    if (count !== undefined) total = (total ?? 0) + count;
  }
  return total;
}

function toPart(block: ContentBlock): MessagePart {
  switch (block.type) {
    case 'text':
      return citingPart(block.text ?? '', block.citations);
    case 'thinking':
      return { type: 'reasoning', content: block.thinking ?? '' };
    case 'tool_use':
    case 'server_tool_use':
      return { type: 'tool_call', id: block.id ?? null, name: block.name ?? '', arguments: block.input };
    case 'tool_result':
      return {
        type: 'tool_call_response',
        id: block.tool_use_id ?? null,
        response: toolResult(block.content),
      };
    case 'image':
    case 'document':
      return mediaPart(block);
    default:
      return { ...block };
  }
}

/** A tool's answer is a text, or text blocks that make one. */
function toolResult(content: unknown): unknown {
  const isText = (block: unknown): block is { text: string } =>
    typeof block === 'object' && block !== null && 'text' in block && typeof block.text === 'string';
  return Array.isArray(content) && content.every(isText) ? content.map(({ text }) => text).join('') : content;
}

function mediaPart(block: ContentBlock): MessagePart {
  const modality = block.type === 'image' ? 'image' : 'document';
  const { source } = block;
  if (source?.url !== undefined) return { type: 'uri', modality, uri: source.url };
  if (source?.file_id !== undefined) return { type: 'file', file_id: source.file_id };
  if (source?.data === undefined) return { ...block };
  return {
    type: 'blob',
    modality,
    content: source.data,
    ...(source.media_type !== undefined && { mime_type: source.media_type }),
  };
}
