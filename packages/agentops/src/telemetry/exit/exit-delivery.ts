import { existsSync } from 'node:fs';
import process from 'node:process';
import { MessageChannel, type MessagePort, receiveMessageOnPort, Worker } from 'node:worker_threads';
import type { Reporter } from '../../reporter.ts';
import type { SendResult } from '../exporters/sender.ts';
import type { ExportLane, LeftBatch } from '../processors/export-lane.ts';
import type { Answer, Destination } from '../transport/destination.ts';

/** The end of a process is not put off for longer than this. */
const MAX_WAIT_MS = 500;

/** What the worker is given. */
export interface ExitWork {
  readonly destinations: readonly {
    readonly destination: Destination;
    readonly requests: readonly { readonly index: number; readonly body: Uint8Array<ArrayBuffer> }[];
  }[];
  readonly port: MessagePort;
  /** One cell; not 0 when there is nothing more to come. */
  readonly finished: Int32Array;
}

/** What became of the request at `index`. */
export type ExitAnswer =
  | { readonly index: number; readonly answer: Answer }
  | { readonly index: number; readonly failure: string };

/** The worker beside this file: the same source where types are stripped, its build where they were compiled. */
const WORKER = new URL(
  import.meta.url.endsWith('.ts') ? './exit-worker.ts' : './exit-worker.js',
  import.meta.url,
);

/**
 * Delivers what is left in `lanes` when the process ends and no promise will settle any more: what needs no network at
 * once, the rest by a worker while this thread waits, 500 ms at most. What nobody has confirmed by then is spooled.
 */
export function deliverAtExit(lanes: readonly ExportLane[], reporter: Reporter): void {
  const batches = lanes.flatMap((lane) => lane.leave());
  const sent = reporter.guard('exit', () => sendInWorker(batches));
  for (const [index, batch] of batches.entries()) {
    const { atExit } = batch.wire;
    const result = atExit?.by === 'caller' ? atExit.post(batch.request) : sent?.get(index);
    batch.lane.settleLeft(batch, result);
  }
  for (const lane of lanes) lane.left();
}

function sendInWorker(batches: readonly LeftBatch[]): Map<number, SendResult> {
  const destinations = destinationsOf(batches);
  // A bundler may have left the worker's file behind.
  if (destinations.length === 0 || !existsSync(WORKER)) return new Map();
  const { port1: answers, port2: port } = new MessageChannel();
  const finished = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));
  const work: ExitWork = { destinations, port, finished };
  // The program's own preloads (`--import`) must not run a second time.
  const env = { ...process.env, NODE_OPTIONS: '' };
  const bodies = destinations.flatMap(({ requests }) => requests.map(({ body }) => body.buffer));
  new Worker(WORKER, { workerData: work, transferList: [port, ...bodies], execArgv: [], env }).unref();
  Atomics.wait(finished, 0, 0, MAX_WAIT_MS);
  return new Map(received(answers).map((answer) => [answer.index, judge(batches, answer)]));
}

/** The requests that go by a worker, by destination. */
function destinationsOf(batches: readonly LeftBatch[]): ExitWork['destinations'] {
  const byWire = Map.groupBy(batches.entries(), ([, { wire }]) => wire);
  return [...byWire].flatMap(([{ atExit }, entries]) => {
    if (atExit?.by !== 'worker') return [];
    const requests = entries.map(([index, { request }]) => ({ index, body: new Uint8Array(request) }));
    return [{ destination: atExit.destination, requests }];
  });
}

function received(answers: MessagePort): ExitAnswer[] {
  const all: ExitAnswer[] = [];
  for (let next = receiveMessageOnPort(answers); next !== undefined; next = receiveMessageOnPort(answers)) {
    all.push(next.message);
  }
  return all;
}

function judge(batches: readonly LeftBatch[], answer: ExitAnswer): SendResult {
  if ('failure' in answer) return { outcome: 'retry', message: answer.failure };
  const atExit = batches[answer.index]?.wire.atExit;
  if (atExit?.by !== 'worker') return { outcome: 'retry', message: 'no such batch' };
  return atExit.judge(answer.answer);
}
