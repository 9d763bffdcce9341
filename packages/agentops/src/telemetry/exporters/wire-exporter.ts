import { diag } from '@opentelemetry/api';
import { type ExportResult, ExportResultCode } from '@opentelemetry/core';
import type { ReadableSpan, SpanExporter } from '@opentelemetry/sdk-trace';
import { messageOf } from '../failure.ts';
import type { BatchSender, SendResult } from './sender.ts';
import type { Wire } from './wire.ts';

/** Milliseconds for an export that nobody else times. */
const EXPORT_TIMEOUT_MS = 10_000;

/** Sends batches over a wire. Inside `init` a lane sets the pace; in a set-up of your own it is a plain exporter. */
export class WireExporter implements SpanExporter, BatchSender {
  /** @internal */
  readonly wire: Wire;
  /** @internal */
  readonly live: boolean;
  readonly #underWay = new Set<Promise<void>>();

  /** @param options See {@link BatchSender.live}. */
  constructor(wire: Wire, { live = false } = {}) {
    this.wire = wire;
    this.live = live;
  }

  /** Sends once, in the time that the signal gives. Never rejects. */
  async send(batch: readonly ReadableSpan[], signal: AbortSignal): Promise<SendResult> {
    let request: Uint8Array | undefined;
    try {
      request = this.wire.encode(batch);
    } catch (error) {
      return { outcome: 'refused', message: `the spans could not be serialised: ${messageOf(error)}` };
    }
    if (request === undefined) return { outcome: 'refused', message: 'the spans could not be serialised' };
    return this.wire.post(request, signal);
  }

  /** Sends once, with ten seconds of time. What failed is reported to `done`; retries are the caller's. */
  export(spans: ReadableSpan[], done: (result: ExportResult) => void): void {
    const limit = new AbortController();
    // Keeps the process alive, since the sockets do not: whoever awaits the export must get their turn.
    const timer = setTimeout(() => limit.abort(new Error('timed out')), EXPORT_TIMEOUT_MS);
    const work = this.send(spans, limit.signal)
      .then((result) => {
        clearTimeout(timer);
        this.#underWay.delete(work);
        done(
          result.outcome === 'delivered'
            ? { code: ExportResultCode.SUCCESS }
            : { code: ExportResultCode.FAILED, error: new Error(result.message) },
        );
      })
      .catch((error: unknown) =>
        diag.error(`agentops: the callback of an export threw: ${messageOf(error)}`),
      );
    this.#underWay.add(work);
  }

  /** Resolves when every export that was begun before has come to its end. */
  async forceFlush(): Promise<void> {
    await Promise.all(this.#underWay);
  }

  async shutdown(): Promise<void> {
    this.wire.close();
  }
}
