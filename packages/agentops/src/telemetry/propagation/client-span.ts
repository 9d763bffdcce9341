import { type Context, type Span, SpanKind, trace } from '@opentelemetry/api';
import type { Span as SdkSpan } from '@opentelemetry/sdk-trace';
import * as attr from '../../semconv/attributes.ts';

/** Who is asked for these is no model: an agent or a tool elsewhere. */
const OTHERS = new Set<unknown>(['invoke_agent', 'execute_tool']);

/** What the span that somebody injects for says of the request it stands for. */
export interface ClientSpan {
  /** True for a call of a model, by whatever library. */
  readonly isModelCall: boolean;
  /** Who is asked, where the span says so. */
  readonly host: string | undefined;
}

/**
 * Libraries that inject by themselves, clients of model providers and instrumentations of HTTP, do so for the span of the
 * request, which says what it is. Undefined where the span of `context` is none of a request.
 */
export function clientSpanOf(context: Context): ClientSpan | undefined {
  const span = trace.getSpan(context);
  if (span === undefined || !isOfClient(span)) return undefined;
  const { attributes } = span;
  const operation = attributes[attr.ATTR_GEN_AI_OPERATION_NAME];
  const hasProvider = attr.ATTR_GEN_AI_PROVIDER_NAME in attributes || attr.ATTR_GEN_AI_SYSTEM in attributes;
  const host = attributes[attr.ATTR_SERVER_ADDRESS];
  return {
    isModelCall: hasProvider && !OTHERS.has(operation),
    host: typeof host === 'string' ? host : undefined,
  };
}

/** Of a span that is not recorded nothing is known. */
function isOfClient(span: Span): span is SdkSpan {
  return 'kind' in span && span.kind === SpanKind.CLIENT && 'attributes' in span;
}
