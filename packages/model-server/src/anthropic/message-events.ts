import type { JsonObject } from '../json.ts';
import type { Turn } from '../turn.ts';
import { contentBlocks } from './content.ts';
import { event } from './event.ts';
import { messageCounts, messageHead, messageUsage, onlyChoice, stop } from './message.ts';

/** A turn as the events of a stream. */
export function messageEvents(turn: Turn): string[] {
  const choice = onlyChoice(turn);
  return [
    { type: 'message_start', message: { ...messageHead(turn), usage: usageAtStart(turn) } },
    { type: 'ping' },
    ...contentBlocks(choice).flatMap(({ opening, deltas }, index) => [
      { type: 'content_block_start', index, content_block: opening },
      ...deltas(turn.chunkSize).map((delta) => ({ type: 'content_block_delta', index, delta })),
      { type: 'content_block_stop', index },
    ]),
    {
      type: 'message_delta',
      delta: { ...stop(choice), container: null },
      usage: messageCounts(turn.usage),
    },
    { type: 'message_stop' },
  ].map(event);
}

/** All the input is known by then, and one token of the output. */
function usageAtStart({ usage }: Turn): JsonObject {
  return messageUsage({ ...usage, outputTokens: Math.min(1, usage.outputTokens), reasoningTokens: 0 });
}
