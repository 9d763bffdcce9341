import type { LlmResponse } from '../../llm-call.ts';
import { toParts, toUsage } from './message-parts.ts';
import type { MessageResponse } from './wire.ts';

/** A whole message, or what has been put together of a streamed one, as a response of the GenAI conventions. */
export function toResponse(message: MessageResponse, keepsContent: boolean): LlmResponse {
  const { id, model, role, content, stop_reason, stop_details, usage } = message;
  const refusal = stop_details?.explanation;
  const finishReason = stop_reason ?? undefined;
  return {
    id,
    model,
    usage: toUsage(usage),
    serviceTier: usage?.service_tier,
    finishReasons: finishReason === undefined ? [] : [finishReason],
    ...(keepsContent && {
      messages: [
        {
          role: role ?? 'assistant',
          parts: [...toParts(content), ...(refusal ? [{ type: 'refusal', content: refusal }] : [])],
          ...(finishReason !== undefined && { finish_reason: finishReason }),
        },
      ],
    }),
  };
}
