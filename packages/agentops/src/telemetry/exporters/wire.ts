import type { ReadableSpan } from '@opentelemetry/sdk-trace';
import type { Answer, Destination } from '../transport/destination.ts';
import type { RequestPart } from './halve-request.ts';
import type { SendResult } from './sender.ts';

/**
 * A destination that takes bytes: a batch becomes a request once, and the request can be sent without its spans: again,
 * by another thread, or by a later process. Only such destinations have a spool and a delivery at the end of the
 * process.
 */
export interface Wire {
  /** The request that carries `batch`; undefined where the spans cannot be serialised. */
  encode(batch: readonly ReadableSpan[]): Uint8Array | undefined;
  /** Two requests for one that was too large; undefined where it carries a single span. */
  halve(request: Uint8Array): readonly RequestPart[] | undefined;
  /** Sends a request once. Never rejects. Keeps the process alive neither while it is under way nor afterwards. */
  post(request: Uint8Array, signal: AbortSignal): Promise<SendResult>;
  /** How a request leaves when the process ends and no promise settles any more; undefined: it can only be spooled. */
  readonly atExit?: ExitRoute;
  /** Cuts off what is under way; from then on nothing is sent. */
  close(): void;
}

export type ExitRoute =
  /** By a worker, which is given the destination and brings back the answer. */
  | {
      readonly by: 'worker';
      readonly destination: Destination;
      readonly judge: (answer: Answer) => SendResult;
    }
  /** By the ending thread itself, at once. */
  | { readonly by: 'caller'; readonly post: (request: Uint8Array) => SendResult };
