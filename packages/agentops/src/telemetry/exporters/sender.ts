import { type ExportResult, ExportResultCode } from '@opentelemetry/core';
import type { ReadableSpan, SpanExporter } from '@opentelemetry/sdk-trace';
import { copyBatch } from '../copy-batch.ts';
import { messageOf } from '../failure.ts';
import type { Wire } from './wire.ts';

/** What became of one attempt to send a batch. */
export type SendResult =
  /** Confirmed. Of a partly refused batch, how many spans were, and why. */
  | {
      readonly outcome: 'delivered';
      readonly rejected?: { readonly count: number; readonly message: string };
    }
  /** A later attempt may succeed; not before `retryAfterMs`, where the destination said so. */
  | { readonly outcome: 'retry'; readonly message: string; readonly retryAfterMs?: number }
  /** Somebody has to change something first, such as a key: until then every attempt is in vain. */
  | { readonly outcome: 'barred'; readonly message: string }
  /** Fewer spans at a time may be taken. */
  | { readonly outcome: 'too_large'; readonly message: string }
  /** No attempt will succeed. */
  | { readonly outcome: 'refused'; readonly message: string };

/** Sends batches to one destination, one attempt at a time; retries are its caller's. */
export interface BatchSender {
  /**
   * @internal Present where a batch is a request that can be sent without its spans: later, by another thread or by
   * another process. Only then is there a spool.
   */
  readonly wire?: Wire;
  /** True where the destination takes snapshots of spans that have not ended, and replaces each by what comes later. */
  readonly live?: boolean;
  /**
   * Present where sending takes no waiting: sends all there is while the process ends and no promise settles any more.
   * Nothing is sent afterwards.
   */
  sendLast?(batch: readonly ReadableSpan[]): SendResult;
  /** Never rejects. */
  send(batch: readonly ReadableSpan[], signal: AbortSignal): Promise<SendResult>;
  shutdown(): Promise<void>;
}

/**
 * A user's `SpanExporter` as a sender. Its inner retries are its own; what it reports as failed is sent again. Unless it
 * is alone it gets copies: what it changes on a span, no other exporter sees.
 */
export function senderOf(exporter: SpanExporter, { isAlone = false } = {}): BatchSender {
  return {
    send: (batch, signal) =>
      new Promise((resolve) => {
        signal.addEventListener('abort', () => resolve({ outcome: 'retry', message: 'timed out' }), {
          once: true,
        });
        const returned: unknown = exporter.export(
          isAlone ? [...batch] : copyBatch(batch),
          (result: ExportResult) =>
            resolve(
              result.code === ExportResultCode.SUCCESS
                ? { outcome: 'delivered' }
                : { outcome: 'retry', message: result.error?.message ?? 'the exporter reported a failure' },
            ),
        );
        // Of an `export` that is an async function, a rejection that nobody hears would end the program.
        if (returned instanceof Promise) {
          returned.catch((error) => resolve({ outcome: 'retry', message: messageOf(error) }));
        }
      }),
    shutdown: () => exporter.shutdown(),
  };
}
