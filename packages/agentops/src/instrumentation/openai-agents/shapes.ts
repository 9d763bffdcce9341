/** What is needed of the traces and spans of `@openai/agents`, without importing it. */

export interface AgentsTrace {
  readonly traceId: string;
  readonly name: string;
  readonly groupId?: string | null;
}

export interface AgentsSpan {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentId: string | null;
  readonly spanData: AgentsSpanData;
  readonly error: { readonly message: string } | null;
}

/** Members depend on `type`, and some are filled in before the end. */
export interface AgentsSpanData {
  readonly type: string;
  readonly [member: string]: unknown;
}

/** A `TracingProcessor` of `@openai/agents`. */
export interface AgentsTracingProcessor {
  onTraceStart(trace: AgentsTrace): Promise<void>;
  onTraceEnd(trace: AgentsTrace): Promise<void>;
  onSpanStart(span: AgentsSpan): Promise<void>;
  onSpanEnd(span: AgentsSpan): Promise<void>;
  forceFlush(): Promise<void>;
  shutdown(): Promise<void>;
}

export interface AgentsTracingOptions {
  /**
   * `getCurrentSpan` of `@openai/agents`: what runs inside an agent, a tool or a guardrail then hangs below it, and a
   * call of an instrumented client is one span.
   */
  readonly getCurrentSpan: () => AgentsSpan | null;
}
