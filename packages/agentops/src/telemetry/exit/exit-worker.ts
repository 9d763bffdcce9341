/**
 * Sends the requests of a process that is ending, while its own thread waits. Imports nothing of the SDK but the
 * clients, which import nothing further: every millisecond of its start counts.
 */
import { type MessagePort, workerData } from 'node:worker_threads';
import type { Client } from '../transport/destination.ts';
import { openClient } from '../transport/open-client.ts';
import { reasonOf } from '../transport/reason.ts';
import type { ExitAnswer, ExitWork } from './exit-delivery.ts';

const { destinations, port, finished } = workerData as ExitWork & { readonly port: MessagePort };

/** The ending thread waits no longer than its own limit. */
const { signal } = new AbortController();

/** Of one destination, one at a time; a destination that cannot be reached is not asked again. */
async function sendAll({ destination, requests }: ExitWork['destinations'][number]): Promise<void> {
  const client = openClient(destination);
  for (const { index, body } of requests) {
    const answer = await send(client, index, body);
    port.postMessage(answer);
    if ('failure' in answer) return;
  }
}

async function send(client: Client, index: number, body: Uint8Array): Promise<ExitAnswer> {
  try {
    return { index, answer: await client.request(body, signal) };
  } catch (error) {
    return { index, failure: reasonOf(error) };
  }
}

// The clients' sockets keep no thread alive.
const alive = setInterval(() => {}, 1000);
await Promise.all(destinations.map(sendAll));
clearInterval(alive);
Atomics.store(finished, 0, 1);
Atomics.notify(finished, 0);
