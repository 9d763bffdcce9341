import {
  ProxyTracerProvider,
  type TextMapPropagator,
  type Tracer,
  type TracerProvider as TracerProviderApi,
  trace,
} from '@opentelemetry/api';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { type IdGenerator, type SpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace';
import { VERSION } from '../version.ts';
import { besideAnother, type CurrentSpan, openTelemetrys, providerBeside } from './current-span.ts';
import { type GlobalSetUp, hasProvider, takesProcessors } from './global-set-up.ts';
import type { TelemetryOptions } from './telemetry-options.ts';

/** Where spans come from. */
export interface SetUp {
  /** A provider of ours, the application's own, or nowhere at all. */
  readonly kind: 'own' | 'joined' | 'off';
  readonly provider: TracerProviderApi;
  /** Of the SDK's own spans. */
  readonly tracer: Tracer;
  readonly current: CurrentSpan;
}

/** Before the start and after the shutdown: nothing is recorded. */
export const OFF: SetUp = setUpOf('off', new ProxyTracerProvider());

interface SetUpParts {
  readonly options: TelemetryOptions;
  readonly globals: GlobalSetUp;
  readonly ids: IdGenerator;
  readonly propagator: TextMapPropagator;
  /** Makes what spans go through, in an application's own set-up or in ours. */
  readonly connect: (joined: boolean) => SpanProcessor;
}

/** Registers provider, context manager and propagator, unless the application has its own. */
export function setUpOpenTelemetry({ options, globals, ids, propagator, connect }: SetUpParts): SetUp {
  const { reporter, resource, sampler, context, metrics } = options;
  globals.registerContextManager();
  const isShared = hasProvider();
  if (isShared && takesProcessors()) {
    reporter.info(
      'the application has an OpenTelemetry provider of its own: its Resource, sampler and propagator hold, and spans come by agentopsSpanProcessor()',
    );
    connect(true);
    return setUpOf('joined', trace.getTracerProvider());
  }
  const provider = new TracerProvider({
    resource: resourceFromAttributes(resource),
    sampler: sampler.forTraces(context.trustIncoming === 'all'),
    idGenerator: ids,
    spanProcessors: [connect(false)],
    meterProvider: metrics.meterProvider,
  });
  if (isShared) {
    reporter.info(
      "the application's OpenTelemetry provider is Sentry's, which hands its spans to nobody: sessions are recorded beside it, by a provider of ours",
    );
    return setUpOf('own', providerBeside(provider), besideAnother);
  }
  globals.registerProvider(provider, propagator);
  return setUpOf('own', provider);
}

function setUpOf(kind: SetUp['kind'], provider: TracerProviderApi, current = openTelemetrys): SetUp {
  return { kind, provider, tracer: provider.getTracer('agentops', VERSION), current };
}
