import type { TextMapPropagator } from '@opentelemetry/api';
import { CompositePropagator, W3CTraceContextPropagator } from '@opentelemetry/core';
import { B3InjectEncoding, B3Propagator } from '@opentelemetry/propagator-b3';
import type { ContextConfig } from '../../config/config.ts';
import type { PropagationFormat } from '../../config/pipeline-options.ts';
import { AllowListedBaggagePropagator } from './allow-listed-baggage.ts';
import { FirstWinsPropagator } from './first-wins-propagator.ts';

/** Either of the two for B3 reads both of its forms, as OpenTelemetry's specification wants it. */
const FORMATS: Readonly<Record<PropagationFormat, () => TextMapPropagator>> = {
  w3c: () => new W3CTraceContextPropagator(),
  b3: () => new B3Propagator({ injectEncoding: B3InjectEncoding.SINGLE_HEADER }),
  b3multi: () => new B3Propagator({ injectEncoding: B3InjectEncoding.MULTI_HEADER }),
};

/** The propagator that the configuration describes, unless it names one. */
export function createPropagator({ propagator, propagation, baggage }: ContextConfig): TextMapPropagator {
  if (propagator !== undefined) return propagator;
  return new CompositePropagator({
    propagators: [
      new FirstWinsPropagator(propagation.map((format) => FORMATS[format]())),
      new AllowListedBaggagePropagator(baggage.hosts),
    ],
  });
}
