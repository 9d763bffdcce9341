import {
  InMemorySpanExporter,
  type ReadableSpan,
  SimpleSpanProcessor,
  TracerProvider,
} from '@opentelemetry/sdk-trace';
import { describe, expect, it } from 'vitest';
import { Reporter } from '../../../src/reporter.ts';
import type { BatchSender, SendResult } from '../../../src/telemetry/exporters/sender.ts';
import { LiveLane } from '../../../src/telemetry/processors/live-lane.ts';
import { SpanCopy } from '../../../src/telemetry/span-copy.ts';

/** Answers when the test says so. */
class WaitingSender implements BatchSender {
  readonly batches: string[][] = [];
  readonly signals: AbortSignal[] = [];
  #answer = Promise.withResolvers<SendResult>();
  #asked = Promise.withResolvers<void>();

  async send(batch: readonly ReadableSpan[], signal: AbortSignal): Promise<SendResult> {
    this.batches.push(batch.map((span) => span.name));
    this.signals.push(signal);
    this.#asked.resolve();
    return this.#answer.promise;
  }

  async shutdown(): Promise<void> {}

  /** Resolves when the request after this answer has come. */
  async answer(result: SendResult): Promise<void> {
    this.#asked = Promise.withResolvers();
    const { resolve } = this.#answer;
    this.#answer = Promise.withResolvers();
    resolve(result);
    await this.#asked.promise;
  }

  refuse(result: SendResult): void {
    this.#answer.resolve(result);
  }
}

const memory = new InMemorySpanExporter();
const tracer = new TracerProvider({
  spanProcessors: [new SimpleSpanProcessor({ exporter: memory })],
}).getTracer('test');

function aSpan(): ReadableSpan {
  tracer.startSpan('span').end();
  return memory.getFinishedSpans().at(-1) as ReadableSpan;
}

const as = (span: ReadableSpan, name: string): ReadableSpan => new SpanCopy(span, { name });

function laneTo(sender: BatchSender): LiveLane {
  return new LiveLane({ name: 'test', sender, timeout: 10_000, reporter: new Reporter({ level: 'silent' }) });
}

describe('the way of live snapshots to one exporter (T7)', () => {
  it('has one request in flight, and of each span only the latest waiting', async () => {
    const sender = new WaitingSender();
    const lane = laneTo(sender);
    const [first, second] = [aSpan(), aSpan()];
    lane.offer([as(first, 'first 1')]);
    lane.offer([as(first, 'first 2')]);
    lane.offer([as(first, 'first 3'), as(second, 'second 1')]);
    expect(sender.batches).toEqual([['first 1']]);

    await sender.answer({ outcome: 'delivered' });
    expect(sender.batches).toEqual([['first 1'], ['first 3', 'second 1']]);
  });

  it('sends the last of a span behind what is under way, and whatever stops it', async () => {
    const sender = new WaitingSender();
    const lane = laneTo(sender);
    const root = aSpan();
    lane.offer([as(root, 'beat 1')]);
    lane.offer([as(root, 'beat 2'), as(aSpan(), 'other')]);
    lane.part(as(root, 'last'));
    expect(sender.batches).toEqual([['beat 1']]);

    await sender.answer({ outcome: 'delivered' });
    expect(sender.batches).toEqual([['beat 1'], ['other']]);
    lane.stop();
    expect(sender.signals[1]?.aborted).toBe(true);
    await sender.answer({ outcome: 'retry', message: 'cut off' });
    expect(sender.batches).toEqual([['beat 1'], ['other'], ['last']]);
    expect(sender.signals[2]?.aborted).toBe(false);
    sender.refuse({ outcome: 'delivered' });
    await lane.parted();
  });

  it('is bounded: requests by 512, and what waits by 4096', async () => {
    const sender = new WaitingSender();
    const lane = laneTo(sender);
    lane.offer([as(aSpan(), 'first')]);
    lane.offer(Array.from({ length: 5000 }, (_, number) => as(aSpan(), `span ${number}`)));
    for (let request = 0; request < 8; request += 1) await sender.answer({ outcome: 'delivered' });
    sender.refuse({ outcome: 'delivered' });

    const sizes = sender.batches.map((batch) => batch.length);
    expect(sizes).toEqual([1, 512, 512, 512, 512, 512, 512, 512, 512]);
    expect(sender.batches[1]?.[0]).toBe('span 904');
  });

  it('is bounded in bytes: a large snapshot goes alone, one larger than a request not at all', async () => {
    const sender = new WaitingSender();
    const lane = laneTo(sender);
    const large = (name: string, kilobytes: number) =>
      new SpanCopy(aSpan(), { name, attributes: { text: 'x'.repeat(kilobytes * 1000) } });
    lane.offer([as(aSpan(), 'first')]);
    lane.offer([large('a', 600), large('too large', 2000), large('b', 600), as(aSpan(), 'small')]);
    await sender.answer({ outcome: 'delivered' });
    await sender.answer({ outcome: 'delivered' });

    expect(sender.batches).toEqual([['first'], ['a'], ['b', 'small']]);
  });

  it.each<SendResult>([
    { outcome: 'retry', message: 'away' },
    { outcome: 'refused', message: 'no' },
  ])('drops everything and pauses where the destination answers $outcome', async (result) => {
    const sender = new WaitingSender();
    const lane = laneTo(sender);
    lane.offer([as(aSpan(), 'first')]);
    lane.offer([as(aSpan(), 'waiting')]);
    sender.refuse(result);
    await new Promise(setImmediate);
    lane.offer([as(aSpan(), 'at once after')]);

    expect(sender.batches).toEqual([['first']]);
  });

  it('sends what its formatter makes of them', () => {
    const sender = new WaitingSender();
    const lane = new LiveLane({
      name: 'test',
      sender,
      format: (spans) => spans.map((span) => as(span, `${span.name} formatted`)),
      timeout: 1000,
      reporter: new Reporter({ level: 'silent' }),
    });
    lane.offer([as(aSpan(), 'span')]);

    expect(sender.batches).toEqual([['span formatted']]);
  });

  it('gives its formatter copies, and sends nothing where that leaves nothing', () => {
    const [sender, other] = [new WaitingSender(), new WaitingSender()];
    const lane = new LiveLane({
      name: 'test',
      sender,
      format: (spans) => {
        for (const span of spans) Object.assign(span, { name: 'changed' });
        return spans.filter((span) => span.attributes.secret !== true);
      },
      timeout: 1000,
      reporter: new Reporter({ level: 'silent' }),
    });
    const shared = as(aSpan(), 'span');
    lane.offer([shared]);
    laneTo(other).offer([shared]);
    expect([sender.batches, other.batches]).toEqual([[['changed']], [['span']]]);

    const left = new WaitingSender();
    new LiveLane({
      ...{ name: 'test', timeout: 1000, reporter: new Reporter({ level: 'silent' }) },
      sender: left,
      format: () => [],
    }).offer([shared]);
    expect(left.batches).toEqual([]);
  });

  it('sends nothing that its formatter cannot format', async () => {
    const sender = new WaitingSender();
    const lane = new LiveLane({
      name: 'test',
      sender,
      format: () => {
        throw new Error('broken');
      },
      timeout: 1000,
      reporter: new Reporter({ level: 'silent' }),
    });
    lane.offer([aSpan()]);
    await new Promise(setImmediate);

    expect(sender.batches).toEqual([]);
  });

  it('is cut off where it is stopped', () => {
    const sender = new WaitingSender();
    const lane = laneTo(sender);
    lane.offer([aSpan()]);
    lane.stop();
    lane.offer([aSpan()]);

    expect(sender.signals[0]?.aborted).toBe(true);
    expect(sender.batches).toHaveLength(1);
  });
});
