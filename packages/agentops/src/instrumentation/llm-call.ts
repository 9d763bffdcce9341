import { randomUUID } from 'node:crypto';
import {
  type Attributes,
  type Context,
  type HrTime,
  type Span,
  SpanKind,
  SpanStatusCode,
  trace,
} from '@opentelemetry/api';
import { toJson } from '../json.ts';
import * as attr from '../semconv/attributes.ts';
import { recordFailure } from '../telemetry/failure.ts';
import type { TelemetryManager } from '../telemetry/telemetry-manager.ts';
import { hrNow } from '../time.ts';
import { costOf, type TokenUsage } from './cost.ts';
import type { Message, MessagePart } from './messages.ts';
import { takeModelCallSlot } from './model-call-slot.ts';

/** What a call of a model asks for, in the terms of the GenAI conventions. */
export interface LlmRequest {
  /** `gen_ai.operation.name`. */
  readonly operation: 'chat' | 'text_completion' | 'generate_content' | 'embeddings';
  /** `gen_ai.provider.name`. */
  readonly provider: string;
  readonly model?: string | undefined;
  readonly stream?: boolean;
  /** The request's parameters under their `gen_ai.request.*` names; undefined ones are left out. */
  readonly parameters?: Readonly<Record<string, Attributes[string]>>;
  readonly serverAddress?: string | undefined;
  readonly serverPort?: number | undefined;
}

/** What was said to the model. */
export interface LlmInput {
  readonly messages?: readonly Message[];
  readonly systemInstructions?: readonly MessagePart[];
  readonly toolDefinitions?: readonly unknown[];
}

/** What the model answered; whatever did not arrive is absent. */
export interface LlmResponse {
  readonly id?: string | undefined;
  readonly model?: string | undefined;
  readonly finishReasons?: readonly string[];
  /** The provider's own count. Never an estimate. */
  readonly usage?: TokenUsage | undefined;
  readonly messages?: readonly Message[];
  /** What an answer says of its own failure, where it came as an answer and not as an error. */
  readonly error?: { readonly type: string; readonly message: string } | undefined;
  /** Further attributes of the span; undefined ones are left out. */
  readonly attributes?: Readonly<Record<string, Attributes[string]>>;
  /** The stream ended before the answer did. */
  readonly truncated?: boolean;
}

/** One running call of a model and its span. The first ending counts. */
export class LlmCall {
  readonly span: Span;
  /** The context in which the provider's client runs, so that its HTTP spans become children. */
  readonly context: Context;
  readonly captureContent: boolean;
  readonly #request: LlmRequest;
  readonly #startedAt = performance.now();
  #sawChunk = false;
  #ended = false;

  /** @param startTime Default: now. */
  constructor(
    telemetry: TelemetryManager,
    parent: Context,
    request: LlmRequest,
    startTime: HrTime = hrNow(),
  ) {
    takeModelCallSlot(parent);
    const { operation, provider, model, stream, parameters, serverAddress, serverPort } = request;
    this.#request = request;
    this.span = telemetry.tracer.startSpan(
      model === undefined ? operation : `${operation} ${model}`,
      {
        kind: SpanKind.CLIENT,
        startTime,
        attributes: {
          [attr.ATTR_AGENTOPS_SPAN_KIND]: 'llm',
          [attr.ATTR_EVENT_ID]: randomUUID(),
          [attr.ATTR_EVENT_TYPE]: 'llms',
          [attr.ATTR_GEN_AI_OPERATION_NAME]: operation,
          [attr.ATTR_GEN_AI_PROVIDER_NAME]: provider,
          [attr.ATTR_GEN_AI_REQUEST_MODEL]: model,
          [attr.ATTR_SERVER_ADDRESS]: serverAddress,
          [attr.ATTR_SERVER_PORT]: serverPort,
          ...parameters,
          ...(stream && { [attr.ATTR_GEN_AI_REQUEST_STREAM]: true }),
        },
      },
      parent,
    );
    this.context = trace.setSpan(parent, this.span);
    this.captureContent = telemetry.captureContent && this.span.isRecording();
  }

  /** What went in. Called only where `captureContent` is on. */
  setInput({ messages, systemInstructions, toolDefinitions }: LlmInput): void {
    this.#setJson(attr.ATTR_GEN_AI_SYSTEM_INSTRUCTIONS, systemInstructions);
    this.#setJson(attr.ATTR_GEN_AI_INPUT_MESSAGES, messages);
    this.#setJson(attr.ATTR_GEN_AI_TOOL_DEFINITIONS, toolDefinitions);
  }

  /** A part of a streamed answer has arrived. The first one is timed. */
  chunkArrived(): void {
    if (this.#sawChunk) return;
    this.#sawChunk = true;
    const seconds = (performance.now() - this.#startedAt) / 1000;
    this.span.setAttribute(attr.ATTR_GEN_AI_RESPONSE_TIME_TO_FIRST_CHUNK, seconds);
  }

  /** Ends the call with what the model answered. */
  succeed(response: LlmResponse = {}): void {
    this.#end(() => this.#recordResponse(response));
  }

  /** Ends the call as failed, with what had arrived of a streamed answer. `type` is the provider's own error code. */
  fail(error: unknown, type?: string, partial: LlmResponse = {}): void {
    this.#end(() => {
      recordFailure(this.span, error, type);
      this.#recordResponse(partial);
    });
  }

  /** The span ends even where an answer of an unexpected shape cannot be recorded. */
  #end(record: () => void): void {
    if (this.#ended) return;
    this.#ended = true;
    try {
      record();
    } finally {
      this.span.end(hrNow());
    }
  }

  #recordResponse({ id, model, finishReasons, usage, messages, ...rest }: LlmResponse): void {
    if (!this.span.isRecording()) return;
    const { error, attributes, truncated } = rest;
    const { provider, model: requested } = this.#request;
    // The price list may know the name that was asked for and not the dated one that answered, or the other way round.
    const cost =
      costOf({ provider, model: model ?? requested, ...usage }) ??
      costOf({ provider, model: requested, ...usage });
    this.#set(attr.ATTR_GEN_AI_RESPONSE_ID, id);
    this.#set(attr.ATTR_GEN_AI_RESPONSE_MODEL, model);
    if (finishReasons !== undefined && finishReasons.length > 0) {
      this.span.setAttribute(attr.ATTR_GEN_AI_RESPONSE_FINISH_REASONS, [...finishReasons]);
    }
    this.#set(attr.ATTR_GEN_AI_USAGE_INPUT_TOKENS, usage?.inputTokens);
    this.#set(attr.ATTR_GEN_AI_USAGE_OUTPUT_TOKENS, usage?.outputTokens);
    this.#set(attr.ATTR_GEN_AI_USAGE_CACHE_READ_INPUT_TOKENS, usage?.cacheReadTokens);
    this.#set(attr.ATTR_GEN_AI_USAGE_CACHE_WRITE_INPUT_TOKENS, usage?.cacheWriteTokens);
    this.#set(attr.ATTR_GEN_AI_USAGE_REASONING_OUTPUT_TOKENS, usage?.reasoningTokens);
    this.#set(attr.ATTR_AGENTOPS_COST_INPUT, cost?.input);
    this.#set(attr.ATTR_AGENTOPS_COST_OUTPUT, cost?.output);
    this.#set(attr.ATTR_AGENTOPS_COST_TOTAL, cost?.total);
    if (attributes !== undefined) this.span.setAttributes(attributes);
    if (error !== undefined) {
      this.span.setStatus({ code: SpanStatusCode.ERROR, message: error.message });
      this.span.setAttribute(attr.ATTR_ERROR_TYPE, error.type);
    }
    if (truncated) this.span.setAttribute(attr.ATTR_AGENTOPS_STREAM_TRUNCATED, true);
    if (this.captureContent) this.#setJson(attr.ATTR_GEN_AI_OUTPUT_MESSAGES, messages);
    // Messages have attributes of their own: what is said once is paid for once.
    this.#setJson(attr.ATTR_EVENT_DATA, {
      model: model ?? requested,
      prompt_tokens: usage?.inputTokens,
      completion_tokens: usage?.outputTokens,
      cost: cost?.total,
    });
  }

  #set(name: string, value: string | number | undefined): void {
    if (value !== undefined) this.span.setAttribute(name, value);
  }

  #setJson(name: string, value: unknown): void {
    if (value === undefined || (Array.isArray(value) && value.length === 0)) return;
    this.#set(name, toJson(value));
  }
}
