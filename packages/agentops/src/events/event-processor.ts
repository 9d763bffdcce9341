import {
  type Attributes,
  type Context,
  type Link,
  type SpanContext,
  SpanKind,
  TraceFlags,
  trace,
} from '@opentelemetry/api';
import { AgentOpsError } from '../errors.ts';
import type { Prices } from '../instrumentation/cost/prices.ts';
import { plainMessages } from '../instrumentation/messages.ts';
import { toJson } from '../json.ts';
import * as attr from '../semconv/attributes.ts';
import { namedSpan } from '../semconv/span-kinds.ts';
import type { Session } from '../session/session.ts';
import { recordError } from '../telemetry/failure.ts';
import type { TelemetryManager } from '../telemetry/telemetry-manager.ts';
import { now, toHrTime } from '../time.ts';
import type { ActionEvent } from './action-event.ts';
import type { ErrorEvent } from './error-event.ts';
import { type AgentOpsEvent, BaseEvent } from './event.ts';
import type { LLMEvent } from './llm-event.ts';
import type { ToolEvent } from './tool-event.ts';

/** How an event of one type becomes a span. `content` is left out while content capture is off. */
interface EventFormat {
  readonly name: string;
  readonly kind?: SpanKind;
  readonly attributes: Attributes;
  readonly content: Attributes;
  /** The event's own fields, for `event.data`. */
  readonly data: Record<string, unknown>;
}

/**
 * Makes the span of `event`, with the event's own times, and writes trace and span id back into the event.
 * Throws `invalid_argument` for anything that is no event.
 *
 * @param within Context of the span to hang below; default: the agent's that the event names, else the current one's.
 */
export function recordEvent(
  event: AgentOpsEvent,
  session: Session,
  telemetry: TelemetryManager,
  within?: Context,
): void {
  if (!(event instanceof BaseEvent)) {
    throw new AgentOpsError(
      'invalid_argument',
      'session.record takes an ActionEvent, LLMEvent, ToolEvent or ErrorEvent; for work of your own use a helper such as tool(name, fn)',
    );
  }
  if (event.spanId !== undefined) {
    throw new AgentOpsError(
      'invalid_argument',
      `session.record: event ${event.id} was recorded before; make a new event for each occurrence`,
    );
  }
  event.endTime ??= now();
  const format = formatOf(event, telemetry.prices);
  const span = telemetry.tracer.startSpan(
    format.name,
    {
      kind: format.kind ?? SpanKind.INTERNAL,
      startTime: toHrTime(event.startTime),
      links: linksOf(event),
      attributes: {
        [attr.ATTR_EVENT_ID]: event.id,
        [attr.ATTR_EVENT_TYPE]: event.type,
        ...format.attributes,
        ...(telemetry.captureContent && format.content),
      },
    },
    within ?? session.contextOf(event.agentId),
  );
  if (telemetry.captureContent) {
    const data = toJson({ ...format.data, params: event.params, returns: event.returns });
    if (data !== undefined) span.setAttribute(attr.ATTR_EVENT_DATA, data);
  }
  if (event.type === 'errors') recordError(span, event.exception ?? event.errorType, event.errorType);
  span.end(toHrTime(event.endTime));
  ({ traceId: event.traceId, spanId: event.spanId } = span.spanContext());
}

function formatOf(event: AgentOpsEvent, prices: Prices): EventFormat {
  switch (event.type) {
    case 'actions':
      return formatAction(event);
    case 'tools':
      return formatTool(event);
    case 'llms':
      return formatLlm(event, prices);
    case 'errors':
      return formatError(event);
  }
}

function formatAction({ actionType, logs, screenshot }: ActionEvent): EventFormat {
  return {
    ...namedSpan('action', actionType),
    content: {},
    data: { action_type: actionType, logs, screenshot },
  };
}

function formatTool({ name, logs, params, returns }: ToolEvent): EventFormat {
  return {
    ...namedSpan('tool', name),
    content: defined({
      [attr.ATTR_GEN_AI_TOOL_CALL_ARGUMENTS]: toJson(params),
      [attr.ATTR_GEN_AI_TOOL_CALL_RESULT]: toJson(returns),
    }),
    data: { name, logs },
  };
}

function formatLlm(event: LLMEvent, prices: Prices): EventFormat {
  const { model, provider, prompt, completion, promptTokens, completionTokens, threadId } = event;
  const cost =
    event.cost ??
    prices.costOf({ provider, model, inputTokens: promptTokens, outputTokens: completionTokens })?.total;
  return {
    name: model === undefined ? 'chat' : `chat ${model}`,
    kind: SpanKind.CLIENT,
    attributes: defined({
      [attr.ATTR_AGENTOPS_SPAN_KIND]: 'llm',
      [attr.ATTR_GEN_AI_OPERATION_NAME]: 'chat',
      [attr.ATTR_GEN_AI_PROVIDER_NAME]: provider,
      [attr.ATTR_GEN_AI_REQUEST_MODEL]: model,
      [attr.ATTR_GEN_AI_USAGE_INPUT_TOKENS]: promptTokens,
      [attr.ATTR_GEN_AI_USAGE_OUTPUT_TOKENS]: completionTokens,
      [attr.ATTR_AGENTOPS_COST_TOTAL]: cost,
    }),
    content: defined({
      [attr.ATTR_GEN_AI_INPUT_MESSAGES]: plainMessages(prompt, 'user'),
      [attr.ATTR_GEN_AI_OUTPUT_MESSAGES]: plainMessages(completion, 'assistant'),
    }),
    data: {
      thread_id: threadId,
      model,
      prompt,
      prompt_tokens: promptTokens,
      completion,
      completion_tokens: completionTokens,
      cost,
    },
  };
}

function formatError({ exception, errorType, code, details, logs, triggerEvent }: ErrorEvent): EventFormat {
  return {
    name: `error ${errorType}`,
    attributes: { [attr.ATTR_AGENTOPS_SPAN_KIND]: 'error' },
    content: {},
    data: { error_type: errorType, exception, code, details, logs, trigger_event_id: triggerEvent?.id },
  };
}

function linksOf(event: AgentOpsEvent): Link[] {
  const trigger = event.type === 'errors' ? event.triggerEvent : undefined;
  if (trigger?.traceId === undefined || trigger.spanId === undefined) return [];
  const spanContext: SpanContext = {
    traceId: trigger.traceId,
    spanId: trigger.spanId,
    traceFlags: TraceFlags.SAMPLED,
  };
  return trace.isSpanContextValid(spanContext) ? [{ context: spanContext }] : [];
}

function defined(attributes: Record<string, string | number | undefined>): Attributes {
  return Object.fromEntries(Object.entries(attributes).filter(([, value]) => value !== undefined));
}
