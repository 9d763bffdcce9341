import { setTimeout as elapsed } from 'node:timers/promises';
import { context } from '@opentelemetry/api';
import { suppressTracing } from '@opentelemetry/core';
import { backoff, withTimeLimit } from '../telemetry/attempt.ts';
import { basePathOf } from '../telemetry/exporters/otlp-endpoint.ts';
import { type Destination, tlsOptions } from '../telemetry/transport/destination.ts';
import { HttpConnections } from '../telemetry/transport/http-connections.ts';
import { reasonOf } from '../telemetry/transport/reason.ts';
import {
  type ApiOutcome,
  type ApiQuestion,
  judgeAnswer,
  MAX_DOCUMENT_BYTES,
  noAnswer,
} from './api-answer.ts';
import { telemetryHeaders } from './telemetry-headers.ts';

/** How long a request is tried, and how often; in milliseconds. */
export interface Patience {
  /** Of one attempt. */
  readonly timeout: number;
  /** Of all attempts and the waits between them. */
  readonly deadline: number;
  readonly retry: { readonly attempts: number; readonly initial: number; readonly max: number };
}

/** One address of the API. */
export interface ApiRequest {
  /** From the base URL on. */
  readonly path: string;
  readonly query?: object | undefined;
  /** Whether a document is of the kind that is answered there. */
  readonly isAnswer: (document: object) => boolean;
  readonly signal?: AbortSignal | undefined;
}

/** Reads documents of one backend, and does not give up at the first difficulty: reading twice harms nobody. */
export class ApiRequests {
  readonly #destination: Destination;
  readonly #patience: Patience;
  readonly #base: URL;
  readonly #connections: HttpConnections;
  readonly #closing = new AbortController();

  constructor(destination: Destination, patience: Patience) {
    this.#destination = destination;
    this.#patience = patience;
    this.#base = new URL(destination.url);
    this.#connections = new HttpConnections({
      isSecure: this.#base.protocol === 'https:',
      tls: tlsOptions(destination),
      maxAnswerBytes: MAX_DOCUMENT_BYTES,
      holdsProcess: true,
      closed: 'the client was closed',
    });
  }

  /**
   * The document at `path`.
   *
   * @throws {AgentOpsApiError} where there is none, or none in time; the reason of `signal` where that was aborted.
   */
  async get({ path, query = {}, isAnswer, signal }: ApiRequest): Promise<unknown> {
    const { timeout, deadline, retry } = this.#patience;
    const { url, shown } = this.#addressOf(path, query);
    const headers = {
      ...this.#destination.headers,
      ...telemetryHeaders(context.active(), this.#base.host),
    };
    const ends = performance.now() + deadline;
    for (let attempt = 1; ; attempt += 1) {
      const limit = Math.min(timeout, ends - performance.now());
      const outcome = await this.#attempt({ url, headers }, { url: shown, isAnswer }, limit, signal);
      signal?.throwIfAborted();
      if ('document' in outcome) return outcome.document;
      const { error, mayPass, retryAfterMs = 0 } = outcome;
      const wait = Math.max(retryAfterMs, backoff(retry, attempt));
      const isLast = !mayPass || attempt >= retry.attempts || performance.now() + wait >= ends;
      if (isLast || this.#closing.signal.aborted) throw error;
      await elapsed(wait, undefined, { signal: this.#orClosed(signal) }).catch(() => {});
      signal?.throwIfAborted();
    }
  }

  /** Cuts off what is under way; later requests are rejected. */
  close(): void {
    this.#closing.abort();
    this.#connections.close();
  }

  async #attempt(
    request: { readonly url: string; readonly headers: Readonly<Record<string, string>> },
    question: ApiQuestion,
    limit: number,
    signal: AbortSignal | undefined,
  ): Promise<ApiOutcome> {
    let timeLimit: AbortSignal | undefined;
    const send = (untilLate: AbortSignal) => {
      timeLimit = untilLate;
      const either = signal === undefined ? untilLate : AbortSignal.any([untilLate, signal]);
      return this.#connections.request({ method: 'GET', ...request }, either);
    };
    try {
      // Nobody wants to see spans of looking at spans.
      const untraced = suppressTracing(context.active());
      const answer = await context.with(untraced, () => withTimeLimit(limit, send));
      return judgeAnswer(answer, question);
    } catch (cause) {
      const reason = timeLimit?.aborted === true ? timeLimit.reason : cause;
      return noAnswer(question.url, this.#base.origin, reasonOf(reason), cause);
    }
  }

  /** Where to ask, and how that is shown. */
  #addressOf(path: string, query: object): { url: string; shown: string } {
    const url = new URL(this.#base);
    url.pathname = basePathOf(url) + path;
    for (const [name, value] of Object.entries(query)) {
      if (value !== undefined) url.searchParams.set(name, String(value));
    }
    return { url: url.href, shown: url.origin + url.pathname };
  }

  #orClosed(signal: AbortSignal | undefined): AbortSignal {
    const closing = this.#closing.signal;
    return signal === undefined ? closing : AbortSignal.any([closing, signal]);
  }
}
