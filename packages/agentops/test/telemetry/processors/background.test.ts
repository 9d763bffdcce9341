import { AsyncLocalStorage } from 'node:async_hooks';
import { type ExportResult, ExportResultCode } from '@opentelemetry/core';
import type { ReadableSpan, SpanExporter } from '@opentelemetry/sdk-trace';
import { ActionEvent, type InitOptions, init, shutdown, startSession } from 'agentops';
import { afterEach, describe, expect, it } from 'vitest';
import { senderOf } from '../../../src/telemetry/exporters/sender.ts';
import { laneTo, queued } from '../../support/lane.ts';

afterEach(() => shutdown());

const request = new AsyncLocalStorage<string>();

/** Notes whose context an export runs in, and ends each a little later. */
class ContextExporter implements SpanExporter {
  readonly seen: unknown[] = [];
  readonly sizes: number[] = [];
  #exported = Promise.withResolvers<void>();

  export(spans: ReadableSpan[], done: (result: ExportResult) => void): void {
    this.seen.push(request.getStore());
    this.sizes.push(spans.length);
    this.#exported.resolve();
    this.#exported = Promise.withResolvers();
    setImmediate(() => done({ code: ExportResultCode.SUCCESS }));
  }

  async shutdown(): Promise<void> {}

  async exports(count: number): Promise<void> {
    while (this.seen.length < count) await this.#exported.promise;
  }
}

function start(options: InitOptions = {}) {
  const exporter = new ContextExporter();
  const client = init({ logs: { level: 'silent' }, exporters: [exporter], ...options });
  return { exporter, client };
}

function recordActions(count: number): void {
  const run = startSession();
  for (let n = 0; n < count; n += 1) run.record(new ActionEvent({ actionType: `a${n}` }));
}

describe('an export (T13)', () => {
  it('is not done by the call that fills its batch', async () => {
    const { exporter } = start({ batch: { size: 2 } });
    recordActions(4);
    await Promise.resolve();
    expect(exporter.seen).toEqual([]);

    await exporter.exports(2);
    expect(exporter.sizes).toEqual([2, 2]);
  });

  it('runs in no context of the program’s, however it came to be', async () => {
    const { exporter, client } = start({ batch: { size: 2, interval: 1 } });
    await request.run('by a full batch', async () => {
      recordActions(2);
      await exporter.exports(1);
    });
    await request.run('by the interval', async () => {
      recordActions(1);
      await exporter.exports(2);
    });
    await request.run('by a flush', async () => {
      recordActions(1);
      await client.flush();
    });
    await request.run('by the shutdown', async () => {
      recordActions(1);
      await client.shutdown();
    });

    expect(exporter.seen.length).toBeGreaterThanOrEqual(4);
    expect(new Set(exporter.seen)).toEqual(new Set([undefined]));
  });

  it('comes sooner where size or interval are made smaller while it is waited for', async () => {
    const exporter = new ContextExporter();
    const lane = laneTo(senderOf(exporter), { batch: { size: 100, interval: 60_000 } });
    for (let n = 0; n < 6; n += 1) lane.add(queued(`s${n}`));
    lane.update({ size: 4 });
    await exporter.exports(1);
    expect(exporter.sizes).toEqual([4]);

    lane.update({ interval: 1 });
    await exporter.exports(2);
    expect(exporter.sizes).toEqual([4, 2]);
  });
});
