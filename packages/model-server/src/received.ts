import type { IncomingHttpHeaders } from 'node:http';

/**
 * How an answer ended: `complete` when all of it was handed to the network, `cut` by a fault, `abandoned` when the connection
 * closed before (the client left, or the server was closed).
 */
export type Outcome = 'complete' | 'cut' | 'abandoned';

/** A request as it came in, whether or not it could be answered. */
export interface ReceivedRequest {
  readonly method: string;
  /** With its query. */
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  /** The very bytes of the body. */
  readonly body: Buffer;
  /** The body as JSON; undefined where it is not. */
  readonly json: unknown;
  /** How its answer ended. Never rejects. */
  readonly outcome: Promise<Outcome>;
}

/** Adds a request to the record and forgets the oldest beyond the limit. */
export function remember(record: ReceivedRequest[], request: ReceivedRequest, limit: number): void {
  record.push(request);
  if (record.length > limit) record.shift();
}
