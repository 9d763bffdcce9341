import type { LlmResponse } from '../../llm-call.ts';
import { parseArguments } from '../../messages.ts';
import type { StreamAssembler } from '../../provider-method.ts';
import { toResponse } from './message-response.ts';
import type { ContentBlock, MessageEvent, MessageResponse, StopDetails, Usage } from './wire.ts';

/** A content block as it grows: what it started as, and the pieces of its text, thinking or arguments. */
interface GrowingBlock {
  readonly start: ContentBlock;
  readonly pieces: string[];
  readonly citations: unknown[];
}

/** Puts a streamed message together from its events. */
export class MessageAssembler implements StreamAssembler<MessageEvent> {
  readonly #keepsContent: boolean;
  readonly #blocks = new Map<number, GrowingBlock>();
  #message: MessageResponse = {};
  #usage: Usage | undefined;
  #stopReason: string | undefined;
  #stopDetails: StopDetails | null | undefined;
  #stopped = false;

  constructor(keepsContent: boolean) {
    this.#keepsContent = keepsContent;
  }

  add(event: MessageEvent): void {
    switch (event.type) {
      case 'message_start':
        this.#message = event.message ?? {};
        // The count of output tokens at the start is a placeholder: it is final only in `message_delta`.
        this.#usage = { ...this.#message.usage, output_tokens: null };
        break;
      case 'content_block_start':
        if (this.#keepsContent && event.content_block !== undefined) {
          this.#blocks.set(event.index ?? this.#blocks.size, {
            ...{ start: event.content_block, pieces: [], citations: [] },
          });
        }
        break;
      case 'content_block_delta':
        if (this.#keepsContent) this.#grow(event);
        break;
      case 'message_delta':
        this.#usage = { ...this.#usage, ...present(event.usage) };
        this.#stopReason = event.delta?.stop_reason ?? this.#stopReason;
        this.#stopDetails = event.delta?.stop_details ?? this.#stopDetails;
        break;
      case 'message_stop':
        this.#stopped = true;
        break;
    }
  }

  response(): LlmResponse {
    const content = [...this.#blocks].sort(([a], [b]) => a - b).map(([, block]) => finish(block));
    const message: MessageResponse = {
      ...this.#message,
      content,
      stop_reason: this.#stopReason ?? null,
      stop_details: this.#stopDetails ?? null,
      ...(this.#usage !== undefined && { usage: this.#usage }),
    };
    return {
      ...toResponse(message, this.#keepsContent),
      truncated: !this.#stopped && this.#stopReason === undefined,
    };
  }

  #grow({ index = 0, delta }: MessageEvent): void {
    const piece = delta?.text ?? delta?.thinking ?? delta?.partial_json ?? delta?.content;
    if (typeof piece === 'string') this.#blocks.get(index)?.pieces.push(piece);
    if (delta?.citation !== undefined) this.#blocks.get(index)?.citations.push(delta.citation);
  }
}

function finish({ start, pieces, citations }: GrowingBlock): ContentBlock {
  const grown = pieces.join('');
  switch (start.type) {
    case 'text':
      return {
        ...start,
        text: (start.text ?? '') + grown,
        citations: [...(start.citations ?? []), ...citations],
      };
    case 'thinking':
      return { ...start, thinking: (start.thinking ?? '') + grown };
    case 'compaction':
      return { ...start, content: grown === '' ? start.content : grown };
    default:
      return grown === '' ? start : { ...start, input: parseArguments(grown) };
  }
}

/** A total that does not apply comes as null and leaves the earlier one. */
function present(usage: Usage | undefined): Usage {
  return Object.fromEntries(Object.entries(usage ?? {}).filter(([, value]) => value !== null));
}
