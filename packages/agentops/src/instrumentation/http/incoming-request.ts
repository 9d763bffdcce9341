import { type Context, type Span, SpanKind, SpanStatusCode } from '@opentelemetry/api';
import * as attr from '../../semconv/attributes.ts';
import type { SpanKindName } from '../../semconv/span-kinds.ts';
import { recordFailure } from '../../telemetry/failure.ts';
import type { TelemetryManager } from '../../telemetry/telemetry-manager.ts';
import { hrNow } from '../../time.ts';
import { SpanEnding } from '../span-ending.ts';
import { setMethod, spanName } from './http-conventions.ts';

/** What is known of a request before it is answered. */
export interface RequestOutline {
  /** In capitals. */
  readonly method: string;
  /** Without query. */
  readonly path: string;
  readonly scheme: 'http' | 'https';
  readonly userAgent?: string | undefined;
  /** With placeholders, where it is known already. */
  readonly route?: string | undefined;
}

/** How a request was answered. */
export interface AnswerOutline {
  /** Undefined where there was no answer. */
  readonly status: number | undefined;
  /** False where the caller has gone before the end of it. */
  readonly isWhole: boolean;
  /** Where it became known on the way. */
  readonly route?: string | undefined;
}

/** A request that is answered here, and its span, by OpenTelemetry's conventions for HTTP servers. */
export class IncomingRequest {
  readonly span: Span;
  readonly #method: string;
  readonly #ending: SpanEnding;
  #hasFailed = false;

  constructor(telemetry: TelemetryManager, parent: Context, request: RequestOutline) {
    const { method, path, scheme, userAgent, route } = request;
    this.#method = method;
    this.span = telemetry.startSpan(
      spanName(method, route),
      (set) => {
        set(attr.ATTR_AGENTOPS_SPAN_KIND, 'workflow' satisfies SpanKindName);
        setMethod(set, method);
        set(attr.ATTR_URL_PATH, path);
        set(attr.ATTR_URL_SCHEME, scheme);
        set(attr.ATTR_HTTP_ROUTE, route);
        set(attr.ATTR_USER_AGENT_ORIGINAL, userAgent);
      },
      { kind: SpanKind.SERVER, startTime: hrNow() },
      parent,
    );
    this.#ending = new SpanEnding(this.span);
  }

  /** What answers it has failed; the span goes on until the caller has been told. */
  fail(error: unknown): void {
    this.#hasFailed = true;
    recordFailure(this.span, error);
  }

  end({ status, isWhole, route }: AnswerOutline): void {
    this.#ending.end(() => {
      if (route !== undefined) {
        this.span.updateName(spanName(this.#method, route));
        this.span.setAttribute(attr.ATTR_HTTP_ROUTE, route);
      }
      if (!isWhole) this.span.setAttribute(attr.ATTR_AGENTOPS_STREAM_TRUNCATED, true);
      if (status === undefined) return;
      this.span.setAttribute(attr.ATTR_HTTP_RESPONSE_STATUS_CODE, status);
      if (status < 500 || this.#hasFailed) return;
      this.span.setStatus({ code: SpanStatusCode.ERROR });
      this.span.setAttribute(attr.ATTR_ERROR_TYPE, String(status));
    });
  }
}
