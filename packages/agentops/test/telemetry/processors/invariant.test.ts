import { once } from 'node:events';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { decodeTraces } from '@agentops/otlp';
import { ProtobufTraceSerializer } from '@opentelemetry/otlp-transformer';
import type { ReadableSpan } from '@opentelemetry/sdk-trace';
import { describe, expect, it } from 'vitest';
import { Deadline } from '../../../src/telemetry/deadline.ts';
import { halveRequest } from '../../../src/telemetry/exporters/halve-request.ts';
import type { BatchSender, SendResult } from '../../../src/telemetry/exporters/sender.ts';
import type { Wire } from '../../../src/telemetry/exporters/wire.ts';
import type { ExportLane } from '../../../src/telemetry/processors/export-lane.ts';
import { laneTo, queued } from '../../support/lane.ts';
import { Random } from '../../support/random.ts';

/** Requests beyond this are too large for the destination. */
const LIMIT = 20_000;

/** A destination whose answers are drawn, and that knows which spans it has confirmed. */
class DrawnDestination implements BatchSender, Wire {
  readonly wire = this;
  readonly confirmed: string[];
  readonly #random: Random;
  #isCutOff = false;
  /** 0 for a destination that always takes what it is sent. */
  trouble: number;

  constructor(random: Random, trouble: number, confirmed: string[]) {
    this.#random = random;
    this.trouble = trouble;
    this.confirmed = confirmed;
  }

  encode(batch: readonly ReadableSpan[]): Uint8Array | undefined {
    return ProtobufTraceSerializer.serializeRequest([...batch]);
  }

  halve(request: Uint8Array) {
    return halveRequest(request);
  }

  async send(batch: readonly ReadableSpan[], signal: AbortSignal): Promise<SendResult> {
    const request = this.encode(batch);
    return request === undefined ? { outcome: 'refused', message: 'no request' } : this.post(request, signal);
  }

  async post(request: Uint8Array, signal: AbortSignal): Promise<SendResult> {
    await new Promise((resolve) => setImmediate(resolve));
    if (this.#isCutOff) return { outcome: 'retry', message: 'cut off' };
    if (this.trouble > 0 && request.length > LIMIT) return { outcome: 'too_large', message: 'too large' };
    const isTrouble = this.#random.next() < this.trouble;
    return isTrouble ? this.#refuse(request, signal) : this.#confirm(request, 0);
  }

  /** For the end of the process: from now on nothing gets there, nor what is under way. */
  cutOff(): void {
    this.#isCutOff = true;
  }

  close(): void {
    this.cutOff();
  }

  async shutdown(): Promise<void> {
    this.close();
  }

  async #refuse(request: Uint8Array, signal: AbortSignal): Promise<SendResult> {
    switch (this.#random.between(0, 6)) {
      case 0:
        return { outcome: 'retry', message: 'later', retryAfterMs: 1 };
      case 1:
        return this.#confirm(request, 2);
      case 2:
        return { outcome: 'refused', message: 'never' };
      case 3:
        throw new Error('a fault of the sender');
      case 4:
        if (!signal.aborted) await once(signal, 'abort');
        return { outcome: 'retry', message: 'timed out' };
      default:
        return { outcome: 'retry', message: 'not now' };
    }
  }

  /** All but the first `rejected`. */
  #confirm(request: Uint8Array, rejected: number): SendResult {
    const ids = decodeTraces(request, 'application/x-protobuf').rows.map((row) => row.span_id);
    const count = Math.min(rejected, ids.length);
    this.confirmed.push(...ids.slice(count));
    return { outcome: 'delivered', ...(count > 0 && { rejected: { count, message: 'odd' } }) };
  }
}

function droppedBy(lane: ExportLane): number {
  const { ended, recovered, pending, delivered, spooled, dropped } = lane.stats;
  const lost = Object.values(dropped).reduce((sum, count) => sum + count, 0);
  expect(ended + recovered).toBe(pending + delivered + spooled + lost);
  return lost;
}

/** Drives a lane at random, ends it at random, and has a next process take over. Returns what became of the spans. */
async function walk(seed: number): Promise<void> {
  const random = new Random(seed);
  const directory = mkdtempSync(join(tmpdir(), 'agentops-walk-'));
  const spool = random.next() < 0.8 ? { directory: join(directory, 'shop'), maxBytes: 1e7 } : false;
  const confirmed: string[] = [];
  const destination = new DrawnDestination(random, random.of([0.1, 0.5, 0.9]), confirmed);
  const lane = laneTo(destination, {
    spool,
    batch: { size: random.between(1, 12), queue: random.between(8, 60), queueBytes: 100_000, timeout: 2 },
    ...(random.next() < 0.3 && {
      format: (spans: readonly ReadableSpan[]) => {
        if (random.next() < 0.2) throw new Error('a fault of the formatter');
        return spans.filter(() => random.next() < 0.9);
      },
    }),
  });
  lane.start();
  const flushes: Promise<void>[] = [];
  const steps: readonly (() => unknown)[] = [
    () => {
      for (let left = random.between(1, 12); left > 0; left -= 1) {
        lane.add(queued('s', random.of([0, 0, 0, 1000, 8000, 30_000])));
      }
    },
    () => flushes.push(lane.flush()),
    () => lane.update({ size: random.between(1, 12), interval: random.between(1, 5) }),
    () => new Promise((resolve) => setImmediate(resolve)),
    () => new Promise((resolve) => setTimeout(resolve, 1)),
    () => {
      destination.trouble = random.of([0.05, 0.5, 1]);
    },
  ];
  for (let step = 0; step < 40; step += 1) {
    await random.of(steps)();
    droppedBy(lane);
  }

  if (random.next() < 0.5) {
    const deadline = new Deadline(random.between(1, 20));
    await lane.shutdown(deadline);
    deadline.clear();
  } else {
    destination.cutOff();
    const worker = new DrawnDestination(random, 0.5, confirmed);
    for (const batch of lane.leave()) {
      const answer = worker.post(batch.request, AbortSignal.timeout(2)).catch(() => undefined);
      lane.settleLeft(batch, await answer);
    }
    lane.left();
  }
  await Promise.all(flushes);
  lane.add(queued('late'));
  expect(lane.stats.pending).toBe(0);
  const lost = droppedBy(lane);

  const next = laneTo(new DrawnDestination(random, 0, confirmed), { spool });
  next.start();
  while (next.stats.recovered < lane.stats.spooled || next.stats.spooled > 0) {
    await new Promise((resolve) => setImmediate(resolve));
  }
  await next.shutdown(new Deadline(1000));
  const lostLater = droppedBy(next);

  expect(new Set(confirmed).size).toBe(confirmed.length);
  expect(confirmed.length).toBe(lane.stats.delivered + next.stats.delivered);
  expect(lane.stats.ended).toBe(confirmed.length + lost + lostLater);
  if (spool !== false)
    expect(readdirSync(directory).flatMap((name) => readdirSync(join(directory, name)))).toEqual([]);
  rmSync(directory, { recursive: true });
}

describe('every span is accounted for, whatever happens (T3, T4, T5)', () => {
  it.each(Array.from({ length: 100 }, (_, index) => index + 1))('seed %d', (seed) => walk(seed));
});
