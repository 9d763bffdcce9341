import { type Context, type Span, SpanKind, SpanStatusCode } from '@opentelemetry/api';
import * as attr from '../../semconv/attributes.ts';
import { recordFailure } from '../../telemetry/failure.ts';
import type { TelemetryManager } from '../../telemetry/telemetry-manager.ts';
import { hrNow } from '../../time.ts';
import { SpanEnding } from '../span-ending.ts';
import { portOf, setMethod, spanName, visibleUrl } from './http-conventions.ts';

/**
 * One request of the program's and its span, by OpenTelemetry's conventions for HTTP clients. No event of the session:
 * what counts is the tool or the agent that needed it. The first ending counts.
 */
export class OutgoingRequest {
  readonly span: Span;
  /** What is sent along. */
  readonly context: Context;
  readonly #ending: SpanEnding;
  #isAnswered = false;

  constructor(telemetry: TelemetryManager, parent: Context, method: string, url: URL) {
    this.span = telemetry.startSpan(
      spanName(method),
      (set) => {
        setMethod(set, method);
        set(attr.ATTR_URL_FULL, visibleUrl(url));
        set(attr.ATTR_SERVER_ADDRESS, url.hostname.replaceAll(/[[\]]/g, ''));
        set(attr.ATTR_SERVER_PORT, portOf(url));
      },
      { kind: SpanKind.CLIENT, startTime: hrNow() },
      parent,
    );
    this.context = telemetry.contextWith(parent, this.span);
    this.#ending = new SpanEnding(this.span);
  }

  /** The head of the answer is there. */
  answered(status: number): void {
    this.#isAnswered = true;
    this.span.setAttribute(attr.ATTR_HTTP_RESPONSE_STATUS_CODE, status);
    if (status < 400) return;
    this.span.setStatus({ code: SpanStatusCode.ERROR });
    this.span.setAttribute(attr.ATTR_ERROR_TYPE, String(status));
  }

  /** The whole answer is there. */
  succeed(): void {
    this.#ending.end(() => {});
  }

  /** The program has let go of the request; of its answer, that is no failure. */
  cancel(error: unknown): void {
    this.#ending.end(() => {
      if (this.#isAnswered) this.span.setAttribute(attr.ATTR_AGENTOPS_STREAM_TRUNCATED, true);
      else recordFailure(this.span, error);
    });
  }

  fail(error: unknown): void {
    this.#ending.end(() => recordFailure(this.span, error));
  }
}
