import { existsSync } from 'node:fs';
import process from 'node:process';
import { MessageChannel, type MessagePort, receiveMessageOnPort, Worker } from 'node:worker_threads';
import type { Reporter } from '../../reporter.ts';
import type { HttpAnswer } from '../exporters/otlp-http.ts';
import type { SendResult } from '../exporters/sender.ts';
import type { ExportLane, LeftBatch } from '../processors/export-lane.ts';

/** The end of a process is not put off for longer than this. */
const MAX_WAIT_MS = 500;

/** What the worker is given. */
export interface ExitWork {
  readonly requests: readonly {
    readonly url: string;
    readonly headers: Readonly<Record<string, string>>;
    readonly body: Uint8Array<ArrayBuffer>;
  }[];
  readonly port: MessagePort;
  /** One cell; not 0 when there is nothing more to come. */
  readonly finished: Int32Array;
}

/** What became of the request at `index`. */
export type ExitAnswer =
  | { readonly index: number; readonly answer: HttpAnswer }
  | { readonly index: number; readonly failure: string };

/** The worker beside this file: the same source where types are stripped, its build where they were compiled. */
const WORKER = new URL(
  import.meta.url.endsWith('.ts') ? './exit-worker.ts' : './exit-worker.js',
  import.meta.url,
);

/**
 * Delivers what is left in `lanes` when the process ends and no promise will settle any more: a worker sends while
 * this thread waits, 500 ms at most. What nobody has confirmed by then is spooled.
 */
export function deliverAtExit(lanes: readonly ExportLane[], reporter: Reporter): void {
  const batches = lanes.flatMap((lane) => lane.leave());
  const results = reporter.guard('exit', () => sendInWorker(batches));
  for (const [index, batch] of batches.entries()) batch.lane.settleLeft(batch, results?.get(index));
  for (const lane of lanes) lane.left();
}

function sendInWorker(batches: readonly LeftBatch[]): Map<number, SendResult> {
  // A bundler may have left the worker's file behind.
  if (batches.length === 0 || !existsSync(WORKER)) return new Map();
  const { port1: answers, port2: port } = new MessageChannel();
  const finished = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));
  const requests = batches.map(({ wire, request }) => ({
    url: wire.url,
    headers: wire.headers,
    body: new Uint8Array(request),
  }));
  const work: ExitWork = { requests, port, finished };
  // The program's own preloads (`--import`) must not run a second time.
  const env = { ...process.env, NODE_OPTIONS: '' };
  const transferList = [port, ...requests.map(({ body }) => body.buffer)];
  new Worker(WORKER, { workerData: work, transferList, execArgv: [], env }).unref();
  Atomics.wait(finished, 0, 0, MAX_WAIT_MS);
  return new Map(received(answers).map((answer) => [answer.index, judge(batches, answer)]));
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
  const wire = batches[answer.index]?.wire;
  return wire?.judge(answer.answer) ?? { outcome: 'retry', message: 'no such batch' };
}
