import { randomUUID } from 'node:crypto';
import { type Context, type Span, SpanKind } from '@opentelemetry/api';
import { toJson } from '../json.ts';
import * as attr from '../semconv/attributes.ts';
import { recordFailure } from '../telemetry/failure.ts';
import type { TelemetryManager } from '../telemetry/telemetry-manager.ts';
import { hrNow } from '../time.ts';
import type { LlmResponse } from './llm-call.ts';
import { SpanEnding } from './span-ending.ts';

/** A request that is no call of a model: an image, a file, a batch, a list. */
export interface ProviderRequest {
  /** In capitals. */
  readonly method: string;
  /** With placeholders for ids; see `routeOf`. */
  readonly route: string;
  readonly provider: string;
  readonly model?: string | undefined;
  readonly serverAddress?: string | undefined;
  readonly serverPort?: number | undefined;
}

/** One running request and its span, which counts as an action. The first ending counts. */
export class RequestCall {
  readonly span: Span;
  /** The context in which the client runs. */
  readonly context: Context;
  readonly #telemetry: TelemetryManager;
  readonly #provider: string;
  readonly #creates: boolean;
  readonly #ending: SpanEnding;

  constructor(telemetry: TelemetryManager, parent: Context, request: ProviderRequest) {
    const { method, route, provider, model, serverAddress, serverPort } = request;
    const name = `${method} ${route}`;
    this.#provider = provider;
    this.#creates = method === 'POST' && !route.includes('{');
    this.span = telemetry.tracer.startSpan(
      name,
      {
        kind: SpanKind.CLIENT,
        startTime: hrNow(),
        attributes: {
          [attr.ATTR_AGENTOPS_SPAN_KIND]: 'action',
          [attr.ATTR_EVENT_ID]: randomUUID(),
          [attr.ATTR_EVENT_TYPE]: 'actions',
          [attr.ATTR_EVENT_DATA]: toJson({ name }),
          [attr.ATTR_HTTP_REQUEST_METHOD]: method,
          [attr.ATTR_URL_TEMPLATE]: route,
          [attr.ATTR_GEN_AI_PROVIDER_NAME]: provider,
          [attr.ATTR_GEN_AI_REQUEST_MODEL]: model,
          [attr.ATTR_SERVER_ADDRESS]: serverAddress,
          [attr.ATTR_SERVER_PORT]: serverPort,
        },
      },
      parent,
    );
    this.#telemetry = telemetry;
    const within = telemetry.modelRequestContext(parent, this.span);
    this.#ending = new SpanEnding(this.span, within);
    this.context = within;
  }

  /** The model, where the body that names it was not there at the start. */
  setModel(model: string | undefined): void {
    if (model !== undefined) this.span.setAttribute(attr.ATTR_GEN_AI_REQUEST_MODEL, model);
  }

  /** `end` ends the request with what has arrived, where it is still running when telemetry ends. Must not throw. */
  whenCutOff(end: () => void): void {
    this.#telemetry.whenCutOff(this.span, end);
  }

  /**
   * Ends the request with what was answered; for a stream, with its last part.
   *
   * @param earlier What an earlier call of a model has used and this answer is the first to tell.
   */
  succeed(answer?: unknown, earlier?: LlmResponse): void {
    this.#ending.end(() => {
      this.#recordAnswer(answer);
      if (earlier !== undefined) this.#recordEarlier(earlier);
    });
  }

  /** @param type The provider's own error code. */
  fail(error: unknown, type?: string): void {
    this.#ending.end(() => {
      recordFailure(this.span, error, type);
      const status = member(error, 'status');
      if (typeof status === 'number') this.span.setAttribute(attr.ATTR_HTTP_RESPONSE_STATUS_CODE, status);
    });
  }

  /** The stream ended before the answer did. */
  truncate(answer: unknown): void {
    this.#ending.end(() => {
      this.span.setAttribute(attr.ATTR_AGENTOPS_STREAM_TRUNCATED, true);
      this.#recordAnswer(answer);
    });
  }

  /** Only of what the request has created: to read a stored answer is to use no tokens a second time. */
  #recordAnswer(answer: unknown): void {
    if (!this.#creates) return;
    const usage = member(answer, 'usage');
    this.#set(attr.ATTR_GEN_AI_RESPONSE_MODEL, 'string', member(answer, 'model'));
    this.#set(
      attr.ATTR_GEN_AI_USAGE_INPUT_TOKENS,
      'number',
      member(usage, 'input_tokens') ?? member(usage, 'prompt_tokens'),
    );
    this.#set(
      attr.ATTR_GEN_AI_USAGE_OUTPUT_TOKENS,
      'number',
      member(usage, 'output_tokens') ?? member(usage, 'completion_tokens'),
    );
  }

  #recordEarlier({ model, usage, serviceTier }: LlmResponse): void {
    const provider = this.#provider;
    const cost = this.#telemetry.prices.costOf({ ...usage, provider, model, serviceTier });
    this.#telemetry.setAttributes(this.span, (set) => {
      set(attr.ATTR_GEN_AI_RESPONSE_MODEL, model);
      set(attr.ATTR_GEN_AI_USAGE_INPUT_TOKENS, usage?.inputTokens);
      set(attr.ATTR_GEN_AI_USAGE_OUTPUT_TOKENS, usage?.outputTokens);
      set(attr.ATTR_GEN_AI_USAGE_CACHE_READ_INPUT_TOKENS, usage?.cacheReadTokens);
      set(attr.ATTR_GEN_AI_USAGE_CACHE_WRITE_INPUT_TOKENS, usage?.cacheWriteTokens);
      set(attr.ATTR_GEN_AI_USAGE_REASONING_OUTPUT_TOKENS, usage?.reasoningTokens);
      set(attr.ATTR_AGENTOPS_COST_INPUT, cost?.input);
      set(attr.ATTR_AGENTOPS_COST_OUTPUT, cost?.output);
      set(attr.ATTR_AGENTOPS_COST_TOTAL, cost?.total);
    });
  }

  #set(name: string, type: 'string' | 'number', value: unknown): void {
    if (typeof value === type) this.span.setAttribute(name, value as string | number);
  }
}

function member(owner: unknown, name: string): unknown {
  return typeof owner === 'object' && owner !== null ? Reflect.get(owner, name) : undefined;
}
