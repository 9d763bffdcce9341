import { type Attributes, createNoopMeter, type MeterProvider, metrics } from '@opentelemetry/api';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { MeterProvider as SdkMeterProvider } from '@opentelemetry/sdk-metrics';
import type { MetricsConfig } from '../../config/config.ts';
import { AgentOpsError } from '../../errors.ts';
import type { Reporter } from '../../reporter.ts';
import { OtlpReader, type OtlpReaderOptions } from './otlp-reader.ts';
import { createMetricsTransport } from './otlp-transport.ts';
import { PrometheusReader } from './prometheus-reader.ts';

/** Milliseconds one export of metrics may take, where the interval is not shorter. */
const EXPORT_TIMEOUT_MS = 10_000;

export interface MeterSetUpOptions {
  /** Attributes of the Resource. */
  readonly resource: Attributes;
  readonly reporter: Reporter;
}

/** Where the instruments come from. */
export type MeterSetUp =
  /** Nobody reads: instruments do nothing. */
  | { readonly kind: 'off'; readonly provider: MeterProvider }
  /** The application's: it reads and exports, and it shuts down. */
  | { readonly kind: 'joined'; readonly provider: MeterProvider }
  | {
      readonly kind: 'own';
      readonly provider: SdkMeterProvider;
      /** Takes the global registration back, where it was made. */
      readonly unregister: () => void;
      /** Cuts off what is under way. */
      readonly abort: () => void;
    };

export const METERS_OFF: MeterSetUp = { kind: 'off', provider: { getMeter: () => createNoopMeter() } };

/**
 * The meter provider to use: the one that was given; else one of our own where something is configured to read it, which
 * becomes the global one unless the application has one; else the application's global one; else none that does anything.
 */
export function setUpMeters(
  config: MetricsConfig | false,
  { resource, reporter }: MeterSetUpOptions,
): MeterSetUp {
  if (config === false) return METERS_OFF;
  const { prometheus, otlp, readers, views, meterProvider } = config;
  const wantsReader = prometheus !== false || otlp !== false || readers.length > 0;
  if (meterProvider !== undefined) {
    if (wantsReader || views.length > 0) reporter.error(ignored('metrics.meterProvider is given'), 'warn');
    return { kind: 'joined', provider: meterProvider };
  }
  const hasGlobal = hasGlobalProvider();
  if (wantsReader) return ownProvider(config, { resource, reporter }, hasGlobal);
  if (!hasGlobal) return METERS_OFF;
  if (views.length > 0) reporter.error(ignored('the application has a global meter provider'), 'warn');
  return { kind: 'joined', provider: metrics.getMeterProvider() };
}

function ownProvider(
  { prometheus, otlp, readers, views, cardinalityLimit }: MetricsConfig,
  { resource, reporter }: MeterSetUpOptions,
  hasGlobal: boolean,
): MeterSetUp {
  // An endpoint that cannot be used keeps nobody else from reading.
  const pushing = reporter.guard('metrics.otlp', () => otlpReader(otlp, { cardinalityLimit, reporter }));
  const provider = new SdkMeterProvider({
    resource: resourceFromAttributes(resource),
    readers: [
      ...(prometheus === false ? [] : [new PrometheusReader({ ...prometheus, cardinalityLimit, reporter })]),
      ...(pushing === undefined ? [] : [pushing]),
      ...readers,
    ],
    // The limit stands on the readers and not in a view for all: that would keep a user's view from replacing anything.
    views: views.map((view) => ({ aggregationCardinalityLimit: cardinalityLimit, ...view })),
    sdkMetricsEnabled: true,
  });
  const isGlobal = !hasGlobal && metrics.setGlobalMeterProvider(provider);
  return {
    kind: 'own',
    provider,
    unregister: () => {
      if (isGlobal && metrics.getMeterProvider() === provider) metrics.disable();
    },
    abort: () => pushing?.abort(),
  };
}

function otlpReader(
  otlp: MetricsConfig['otlp'],
  options: Pick<OtlpReaderOptions, 'cardinalityLimit' | 'reporter'>,
): OtlpReader | undefined {
  if (otlp === false) return undefined;
  const { interval } = otlp;
  const timeout = Math.min(interval, EXPORT_TIMEOUT_MS);
  return new OtlpReader({ ...options, transport: createMetricsTransport(otlp), interval, timeout });
}

/** Where no provider is registered, the API hands out the one meter that does nothing. */
function hasGlobalProvider(): boolean {
  return metrics.getMeter('agentops') !== createNoopMeter();
}

function ignored(because: string): AgentOpsError {
  return new AgentOpsError(
    'invalid_config',
    `${because}, so that readers and views of metrics have nothing to act on here; give them to that provider`,
  );
}
