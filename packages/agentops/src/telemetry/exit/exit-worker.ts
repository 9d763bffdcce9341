/**
 * Sends the requests of a process that is ending, while its own thread waits. Imports nothing of the SDK: every
 * millisecond of its start counts.
 */
import { type MessagePort, workerData } from 'node:worker_threads';
import type { ExitAnswer, ExitWork } from './exit-delivery.ts';

const { requests, port, finished } = workerData as ExitWork & { readonly port: MessagePort };

/** Of one destination, one at a time; a destination that cannot be reached is not asked again. */
async function sendAll(indices: readonly number[]): Promise<void> {
  for (const index of indices) {
    const answer = await send(index);
    port.postMessage(answer);
    if ('failure' in answer) return;
  }
}

async function send(index: number): Promise<ExitAnswer> {
  try {
    const { url, headers, body } = requests[index] as (typeof requests)[number];
    const response = await fetch(url, { method: 'POST', headers, body });
    return {
      index,
      answer: {
        status: response.status,
        contentType: response.headers.get('content-type'),
        retryAfter: response.headers.get('retry-after'),
        body: new Uint8Array(await response.arrayBuffer()),
      },
    };
  } catch (error) {
    return { index, failure: String(error instanceof Error ? (error.cause ?? error) : error) };
  }
}

const byUrl = Map.groupBy(requests.keys(), (index) => requests[index]?.url);
await Promise.all(Array.from(byUrl.values(), sendAll));
Atomics.store(finished, 0, 1);
Atomics.notify(finished, 0);
