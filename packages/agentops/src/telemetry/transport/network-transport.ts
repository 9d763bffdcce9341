import { context } from '@opentelemetry/api';
import { suppressTracing } from '@opentelemetry/core';
import type { SendResult } from '../exporters/sender.ts';
import type { ExitRoute } from '../exporters/wire.ts';
import { type Answer, type Client, type Destination, shownUrl } from './destination.ts';
import { openClient } from './open-client.ts';
import { reasonOf } from './reason.ts';

/** What an answer says about the batch. */
export type Judge = (answer: Answer) => SendResult;

/** The way of encoded requests to one destination on the network. */
export class NetworkTransport {
  readonly atExit: ExitRoute;
  readonly #destination: Destination;
  readonly #judge: Judge;
  readonly #client: Client;

  constructor(destination: Destination, judge: Judge) {
    this.atExit = { by: 'worker', destination, judge };
    this.#destination = destination;
    this.#judge = judge;
    this.#client = openClient(destination);
  }

  /**
   * Sends a request once. Never rejects. Sockets and timers of it do not keep the process alive, and nothing of it is
   * traced.
   */
  post(request: Uint8Array, signal: AbortSignal): Promise<SendResult> {
    return context.with(suppressTracing(context.active()), () => this.#post(request, signal));
  }

  /** Cuts off what is under way; from then on nothing is sent. */
  close(): void {
    this.#client.close();
  }

  async #post(request: Uint8Array, signal: AbortSignal): Promise<SendResult> {
    try {
      return this.#judge(await this.#client.request(request, signal));
    } catch (error) {
      const reason = reasonOf(signal.aborted ? signal.reason : error);
      return { outcome: 'retry', message: `cannot reach ${shownUrl(this.#destination)}: ${reason}` };
    }
  }
}
