import { randomUUID } from 'node:crypto';
import { type Attributes, type Context, type Span, SpanKind, SpanStatusCode } from '@opentelemetry/api';
import { toJson } from '../../json.ts';
import * as attr from '../../semconv/attributes.ts';
import type { EventType, SpanKindName } from '../../semconv/span-kinds.ts';
import { recordFailure } from '../../telemetry/failure.ts';
import type { TelemetryManager } from '../../telemetry/telemetry-manager.ts';
import { hrNow } from '../../time.ts';
import { SpanEnding } from '../span-ending.ts';
import type { McpRequest } from './shapes.ts';

export type McpRole =
  /** Who asks. */
  | 'client'
  /** Who answers a caller of whom nothing is known. */
  | 'server'
  /** Who answers a caller that has a span of its own for this: the tool was counted there. */
  | 'server-below-client';

/** One running request of the Model Context Protocol and its span, named and marked as the MCP conventions have it. */
export class McpCall {
  readonly name: string;
  readonly span: Span;
  /** The context in which the request runs. */
  readonly context: Context;
  readonly #capture: boolean;
  readonly #ending: SpanEnding;

  constructor(
    telemetry: TelemetryManager,
    parent: Context,
    request: McpRequest,
    role: McpRole,
    sessionId: unknown,
  ) {
    const { method, params } = request;
    const subject = typeof params?.name === 'string' ? params.name : undefined;
    this.name = subject === undefined ? method : `${method} ${subject}`;
    this.span = telemetry.tracer.startSpan(
      this.name,
      {
        kind: role === 'client' ? SpanKind.CLIENT : SpanKind.SERVER,
        startTime: hrNow(),
        attributes: {
          ...countedAs(method, role, this.name),
          [attr.ATTR_MCP_METHOD_NAME]: method,
          ...subjectOf(method, subject, params?.uri),
          ...(typeof sessionId === 'string' && { [attr.ATTR_MCP_SESSION_ID]: sessionId }),
        },
      },
      parent,
    );
    this.#ending = new SpanEnding(this.span);
    this.context = telemetry.contextWith(parent, this.span);
    this.#capture = telemetry.captureContent && this.span.isRecording() && method === 'tools/call';
    if (this.#capture) this.#setJson(attr.ATTR_GEN_AI_TOOL_CALL_ARGUMENTS, params?.arguments);
  }

  /** Ends the call with its answer. A tool tells of its failures by `isError`. */
  succeed(result: unknown): void {
    this.#ending.end(() => {
      const { content, structuredContent, isError } = Object(result) as {
        readonly content?: unknown;
        readonly structuredContent?: unknown;
        readonly isError?: unknown;
      };
      if (this.#capture) this.#setJson(attr.ATTR_GEN_AI_TOOL_CALL_RESULT, structuredContent ?? content);
      if (isError !== true) return;
      const message = this.#capture ? textOf(content) : undefined;
      this.span.setStatus({ code: SpanStatusCode.ERROR, ...(message !== undefined && { message }) });
      this.span.setAttribute(attr.ATTR_ERROR_TYPE, 'tool_error');
    });
  }

  /** Ends the call as failed. */
  fail(error: unknown): void {
    this.#ending.end(() => {
      const { code } = Object(error) as { readonly code?: unknown };
      recordFailure(this.span, error);
      if (typeof code === 'number') this.span.setAttribute(attr.ATTR_RPC_RESPONSE_STATUS_CODE, String(code));
    });
  }

  #setJson(name: string, value: unknown): void {
    const json = toJson(value);
    if (json !== undefined) this.span.setAttribute(name, json);
  }
}

function countedAs(method: string, role: McpRole, name: string): Attributes {
  if (role === 'server-below-client')
    return { [attr.ATTR_AGENTOPS_SPAN_KIND]: 'workflow' satisfies SpanKindName };
  const [kind, type]: [SpanKindName, EventType] =
    method === 'tools/call' ? ['tool', 'tools'] : ['action', 'actions'];
  return {
    [attr.ATTR_AGENTOPS_SPAN_KIND]: kind,
    [attr.ATTR_EVENT_ID]: randomUUID(),
    [attr.ATTR_EVENT_TYPE]: type,
    [attr.ATTR_EVENT_DATA]: toJson({ name }),
    ...(kind === 'tool' && { [attr.ATTR_GEN_AI_OPERATION_NAME]: 'execute_tool' }),
  };
}

function subjectOf(method: string, subject: string | undefined, uri: unknown): Attributes {
  if (typeof uri === 'string') return { [attr.ATTR_MCP_RESOURCE_URI]: uri };
  if (subject === undefined) return {};
  return method === 'prompts/get'
    ? { [attr.ATTR_GEN_AI_PROMPT_NAME]: subject }
    : { [attr.ATTR_GEN_AI_TOOL_NAME]: subject };
}

/** The text of a tool's answer. */
function textOf(content: unknown): string | undefined {
  const parts: readonly unknown[] = Array.isArray(content) ? content : [];
  const texts = parts.map((part) => (Object(part) as { readonly text?: unknown }).text);
  return texts.find((text) => typeof text === 'string');
}
