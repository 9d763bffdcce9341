export type { Client, ClientStats } from './client.ts';
export type {
  AgentOpsExporterOptions,
  CommonExporterOptions,
  ConsoleExporterOptions,
  CustomExporterOptions,
  ExporterOption,
  FileExporterOptions,
  JaegerExporterOptions,
  ModuleOption,
  NetworkOptions,
  OtlpExporterOptions,
  PostgresExporterOptions,
  PostgresTlsMode,
  SpanFormatter,
  TlsOptions,
  ZipkinExporterOptions,
} from './config/exporter-options.ts';
export type { InstrumentationOptions, OtelInstrumentation } from './config/instrumentation-options.ts';
export type {
  LogLevel,
  LogsOptions,
  MetricsOptions,
  OtlpMetricsOptions,
  PrometheusOptions,
} from './config/observability-options.ts';
export type {
  BatchOptions,
  InitOptions,
  RetryOptions,
  SessionModeOptions,
  SpoolOptions,
  TelemetryUpdate,
} from './config/options.ts';
export type {
  BaggageOptions,
  ContentOptions,
  ContextOptions,
  KeepOptions,
  LiveOptions,
  PropagationFormat,
  RedactionFunction,
  RedactionKeys,
  RedactionPattern,
  RedactionRule,
  SamplingOptions,
  SamplingRule,
  TrustIncoming,
} from './config/pipeline-options.ts';
export type { ModelPrice } from './config/price-options.ts';
export type { ByteSize, Duration } from './config/units.ts';
export {
  agentopsSpanProcessor,
  flush,
  init,
  logger,
  shutdown,
  startSession,
  stats,
} from './default-client.ts';
export { AgentOpsError, type AgentOpsErrorCode } from './errors.ts';
export { ActionEvent, type ActionEventOptions } from './events/action-event.ts';
export { ErrorEvent, type ErrorEventOptions } from './events/error-event.ts';
export type { AgentOpsEvent, EventOptions } from './events/event.ts';
export { LLMEvent, type LLMEventOptions, type PlainMessage } from './events/llm-event.ts';
export { ToolEvent, type ToolEventOptions } from './events/tool-event.ts';
export { BaseInstrumentation } from './instrumentation/base-instrumentation.ts';
export { type Bindable, bind } from './instrumentation/bind.ts';
export { type ContinueOptions, continueSession, resumeSession } from './instrumentation/continue-session.ts';
export type { Cost, TokenUsage } from './instrumentation/cost/token-usage.ts';
export type { Helper, MethodDecorator, Spec } from './instrumentation/helper-forms.ts';
export {
  action,
  agent,
  currentSession,
  guardrail,
  record,
  session,
  type ToolOptions,
  task,
  tool,
  type WorkOptions,
  workflow,
} from './instrumentation/helpers.ts';
export { fetch } from './instrumentation/http/fetch.ts';
export { type HandleRequestOptions, handleRequest } from './instrumentation/http/handle-request.ts';
export { instrument } from './instrumentation/instrument.ts';
export { InstrumentedProvider } from './instrumentation/instrumented-provider.ts';
export type { LlmCall, LlmInput, LlmRequest, LlmResponse } from './instrumentation/llm-call.ts';
export type { Message, MessagePart } from './instrumentation/messages.ts';
export type { ProviderMethod, StreamAssembler } from './instrumentation/provider-method.ts';
export type { ProviderServer } from './instrumentation/provider-server.ts';
export { sessionTracer } from './instrumentation/session-tracer.ts';
export type { SpanHandle } from './instrumentation/span-handle.ts';
export type { UsageRequest } from './instrumentation/stream-usage.ts';
export { TraceContext, type TraceContextJson } from './instrumentation/trace-context.ts';
export type { Logger, LogMethod } from './logging/logger.ts';
export type { Agent, AgentOptions } from './session/agent.ts';
export type { EndState } from './session/end-state.ts';
export type { Session } from './session/session.ts';
export type { StartSessionOptions } from './session/session-options.ts';
export type { DetachedRoot, SessionReference } from './session/session-reference.ts';
export type { SessionTelemetryData } from './session/telemetry-data.ts';
export type { SessionCounts, TotalsSnapshot } from './session/totals.ts';
export type { SessionTokens, UsageTotals } from './session/usage-totals.ts';
export type { ActiveSpan } from './telemetry/active-span.ts';
export type { ExporterHealthStats } from './telemetry/exporters/exporter-health.ts';
export { OtlpSpanExporter } from './telemetry/exporters/otlp-span-exporter.ts';
export { SessionExporter } from './telemetry/exporters/session-exporter.ts';
export type { DropReason, LaneStats } from './telemetry/processors/ledger.ts';
export type { IgnoredReason } from './telemetry/propagation/ignored-headers.ts';
export type { InjectOptions } from './telemetry/propagation/inject-options.ts';
export type { SamplingStats } from './telemetry/sampling/session-sampler.ts';
export type { Time } from './time.ts';
