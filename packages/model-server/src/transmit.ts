import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import { setTimeout as pause, setImmediate as turn } from 'node:timers/promises';
import type { Delivery } from './delivery.ts';

/** Milliseconds a client has to read what it got before the connection breaks. */
const readingTimeMs = 20;

/** Sends a delivery, or as much of it as there is someone to read: `gone` is aborted when the connection closes. */
export async function transmit(
  delivery: Delivery,
  response: ServerResponse,
  gone: AbortSignal,
): Promise<void> {
  try {
    await send(delivery, response, gone);
  } catch (error) {
    if (!gone.aborted) throw error;
  }
}

async function send(delivery: Delivery, response: ServerResponse, signal: AbortSignal): Promise<void> {
  const { delayMs, head, chunks, chunkDelayMs, ending } = delivery;
  if (delayMs > 0) await pause(delayMs, undefined, { signal });
  signal.throwIfAborted();
  if (head) response.writeHead(head.status, head.headers).flushHeaders();
  for (const [index, chunk] of chunks.entries()) {
    if (index > 0 && chunkDelayMs > 0) await pause(chunkDelayMs, undefined, { signal });
    signal.throwIfAborted();
    if (!response.write(chunk)) await once(response, 'drain', { signal });
  }
  if (ending === 'end') response.end();
  if (ending === 'cut') await cut(response, signal);
}

/**
 * Breaks the connection, but not before what was written has arrived: destroy() alone would drop it here, and a client
 * that learns of the break before it has begun to read throws it away there.
 */
async function cut(response: ServerResponse, signal: AbortSignal): Promise<void> {
  await pause(readingTimeMs, undefined, { signal });
  await turn(undefined, { signal });
  response.socket?.destroySoon();
}
