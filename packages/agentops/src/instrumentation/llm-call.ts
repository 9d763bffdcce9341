import { randomUUID } from 'node:crypto';
import {
  type Attributes,
  type Context,
  type HrTime,
  type Span,
  SpanKind,
  SpanStatusCode,
} from '@opentelemetry/api';
import { toJson } from '../json.ts';
import * as attr from '../semconv/attributes.ts';
import { recordFailure } from '../telemetry/failure.ts';
import type { TelemetryManager } from '../telemetry/telemetry-manager.ts';
import { hrNow } from '../time.ts';
import type { TokenUsage } from './cost/token-usage.ts';
import { type Message, type MessagePart, messagesToJson } from './messages.ts';
import { takeModelCallSlot } from './model-call-slot.ts';
import { SpanEnding } from './span-ending.ts';

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
  /** What the call was served as, where the provider says so and prices differ: `flex`, `batch`, `priority`. */
  readonly serviceTier?: string | null | undefined;
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
  readonly #telemetry: TelemetryManager;
  readonly #request: LlmRequest;
  readonly #startedAt = performance.now();
  #sawChunk = false;
  readonly #ending: SpanEnding;

  /** @param startTime Default: now. */
  constructor(
    telemetry: TelemetryManager,
    parent: Context,
    request: LlmRequest,
    startTime: HrTime = hrNow(),
  ) {
    takeModelCallSlot(parent);
    const { operation, provider, model, stream, parameters = {}, serverAddress, serverPort } = request;
    this.#request = request;
    this.#telemetry = telemetry;
    this.span = telemetry.startSpan(
      model === undefined ? operation : `${operation} ${model}`,
      (set) => {
        set(attr.ATTR_AGENTOPS_SPAN_KIND, 'llm');
        set(attr.ATTR_EVENT_ID, randomUUID());
        set(attr.ATTR_EVENT_TYPE, 'llms');
        set(attr.ATTR_GEN_AI_OPERATION_NAME, operation);
        set(attr.ATTR_GEN_AI_PROVIDER_NAME, provider);
        set(attr.ATTR_GEN_AI_REQUEST_MODEL, model);
        set(attr.ATTR_SERVER_ADDRESS, serverAddress);
        set(attr.ATTR_SERVER_PORT, serverPort);
        set(attr.ATTR_GEN_AI_REQUEST_STREAM, stream || undefined);
        for (const name in parameters) set(name, parameters[name]);
      },
      { kind: SpanKind.CLIENT, startTime },
      parent,
    );
    const within = telemetry.modelRequestContext(parent, this.span);
    this.#ending = new SpanEnding(this.span, within);
    this.context = within;
    this.captureContent = telemetry.captureContent && this.span.isRecording();
  }

  /** What went in. Called only where `captureContent` is on. */
  setInput({ messages, systemInstructions, toolDefinitions }: LlmInput): void {
    this.#telemetry.setAttributes(this.span, (set) => {
      set(attr.ATTR_GEN_AI_SYSTEM_INSTRUCTIONS, listJson(systemInstructions));
      set(attr.ATTR_GEN_AI_INPUT_MESSAGES, messagesJson(messages));
      set(attr.ATTR_GEN_AI_TOOL_DEFINITIONS, listJson(toolDefinitions));
    });
  }

  /** A part of a streamed answer has arrived. The first one is timed. */
  chunkArrived(): void {
    if (this.#sawChunk) return;
    this.#sawChunk = true;
    const seconds = (performance.now() - this.#startedAt) / 1000;
    this.span.setAttribute(attr.ATTR_GEN_AI_RESPONSE_TIME_TO_FIRST_CHUNK, seconds);
  }

  /** `end` ends the call with what has arrived, where it is still running when telemetry ends. Must not throw. */
  whenCutOff(end: () => void): void {
    this.#telemetry.whenCutOff(this.span, end);
  }

  /** Ends the call with what the model answered. */
  succeed(response: LlmResponse = {}): void {
    this.#ending.end(() => this.#recordResponse(response));
  }

  /** Ends the call as failed, with what had arrived of a streamed answer. `type` is the provider's own error code. */
  fail(error: unknown, type?: string, partial: LlmResponse = {}): void {
    this.#ending.end(() => {
      recordFailure(this.span, error, type);
      this.#recordResponse(partial);
    });
  }

  #recordResponse({ id, model, finishReasons, usage, messages, ...rest }: LlmResponse): void {
    if (!this.span.isRecording()) return;
    const { error, attributes, truncated, serviceTier } = rest;
    const { provider, model: requested } = this.#request;
    const cost = this.#telemetry.prices.costOf({
      ...usage,
      provider,
      model,
      requestedModel: requested,
      serviceTier,
    });
    if (error !== undefined) this.span.setStatus({ code: SpanStatusCode.ERROR, message: error.message });
    this.#telemetry.setAttributes(this.span, (set) => {
      set(attr.ATTR_GEN_AI_RESPONSE_ID, id);
      set(attr.ATTR_GEN_AI_RESPONSE_MODEL, model);
      if (finishReasons !== undefined && finishReasons.length > 0) {
        set(attr.ATTR_GEN_AI_RESPONSE_FINISH_REASONS, [...finishReasons]);
      }
      set(attr.ATTR_GEN_AI_USAGE_INPUT_TOKENS, usage?.inputTokens);
      set(attr.ATTR_GEN_AI_USAGE_OUTPUT_TOKENS, usage?.outputTokens);
      set(attr.ATTR_GEN_AI_USAGE_CACHE_READ_INPUT_TOKENS, usage?.cacheReadTokens);
      set(attr.ATTR_GEN_AI_USAGE_CACHE_WRITE_INPUT_TOKENS, usage?.cacheWriteTokens);
      set(attr.ATTR_GEN_AI_USAGE_REASONING_OUTPUT_TOKENS, usage?.reasoningTokens);
      set(attr.ATTR_AGENTOPS_COST_INPUT, cost?.input);
      set(attr.ATTR_AGENTOPS_COST_OUTPUT, cost?.output);
      set(attr.ATTR_AGENTOPS_COST_TOTAL, cost?.total);
      for (const name in attributes) set(name, attributes[name]);
      set(attr.ATTR_ERROR_TYPE, error?.type);
      set(attr.ATTR_AGENTOPS_STREAM_TRUNCATED, truncated || undefined);
      set(attr.ATTR_GEN_AI_OUTPUT_MESSAGES, this.captureContent ? messagesJson(messages) : undefined);
      // Messages have attributes of their own: what is said once is paid for once.
      set(
        attr.ATTR_EVENT_DATA,
        JSON.stringify({
          model: model ?? requested,
          prompt_tokens: usage?.inputTokens,
          completion_tokens: usage?.outputTokens,
          cost: cost?.total,
        }),
      );
    });
  }
}

function messagesJson(messages: readonly Message[] | undefined): string | undefined {
  return messages === undefined || messages.length === 0 ? undefined : messagesToJson(messages);
}

function listJson(list: readonly unknown[] | undefined): string | undefined {
  return list === undefined || list.length === 0 ? undefined : toJson(list);
}
