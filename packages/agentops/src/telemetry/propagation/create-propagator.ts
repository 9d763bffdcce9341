import type { TextMapPropagator } from '@opentelemetry/api';
import { W3CTraceContextPropagator } from '@opentelemetry/core';
import { B3InjectEncoding, B3Propagator } from '@opentelemetry/propagator-b3';
import type { ContextConfig } from '../../config/config.ts';
import type { PropagationFormat } from '../../config/pipeline-options.ts';
import type { Reporter } from '../../reporter.ts';
import { AllowListedBaggagePropagator } from './allow-listed-baggage.ts';
import { GuardedPropagator } from './guarded-propagator.ts';
import { compileHostRule } from './host-rules.ts';
import type { IgnoredHeaders } from './ignored-headers.ts';
import { SessionPropagator, type TraceFormat } from './session-propagator.ts';
import { UberTraceIdReader } from './uber-trace-id.ts';

/** Either of the two for B3 reads both of its forms, as OpenTelemetry's specification wants it. */
const FORMATS: Readonly<Record<PropagationFormat, () => TraceFormat>> = {
  w3c: () => ({ propagator: new W3CTraceContextPropagator(), headers: ['traceparent'] }),
  b3: () => b3(B3InjectEncoding.SINGLE_HEADER),
  b3multi: () => b3(B3InjectEncoding.MULTI_HEADER),
};

/** The propagator that the configuration describes, unless it names one. */
export function createPropagator(
  { propagator, propagation, hosts, baggage }: ContextConfig,
  ignored: IgnoredHeaders,
  reporter: Reporter,
): TextMapPropagator {
  if (propagator !== undefined) return new GuardedPropagator(propagator, reporter);
  const written = propagation.map((format) => FORMATS[format]());
  const ours = new SessionPropagator({
    written,
    // What is propagated at all is read in whatever format it comes; that is how it is with callers.
    read: written.length === 0 ? [] : [...written, ...others(propagation), jaeger()],
    baggage: new AllowListedBaggagePropagator(baggage.hosts),
    mayCarryTrace: compileHostRule(hosts),
    ignored,
  });
  return new GuardedPropagator(ours, reporter);
}

function others(written: readonly PropagationFormat[]): TraceFormat[] {
  const [hasW3c, hasB3] = [written.includes('w3c'), written.some((format) => format !== 'w3c')];
  return [...(hasW3c ? [] : [FORMATS.w3c()]), ...(hasB3 ? [] : [FORMATS.b3()])];
}

function b3(injectEncoding: B3InjectEncoding): TraceFormat {
  return { propagator: new B3Propagator({ injectEncoding }), headers: ['b3', 'x-b3-traceid'] };
}

function jaeger(): TraceFormat {
  return { propagator: new UberTraceIdReader(), headers: ['uber-trace-id'] };
}
