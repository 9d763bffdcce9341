import type {
  Counter,
  Histogram,
  Meter,
  MetricOptions,
  ObservableCounter,
  ObservableGauge,
  ObservableUpDownCounter,
} from '@opentelemetry/api';
import type { MetricConvention } from '../../semconv/metrics.ts';

/** Makes instruments of the metrics that `semconv/metrics.ts` lists. */
export const instruments = {
  counter: (meter: Meter, metric: MetricConvention): Counter =>
    meter.createCounter(metric.name, optionsOf(metric)),
  histogram: (meter: Meter, metric: MetricConvention): Histogram =>
    meter.createHistogram(metric.name, optionsOf(metric)),
  observableCounter: (meter: Meter, metric: MetricConvention): ObservableCounter =>
    meter.createObservableCounter(metric.name, optionsOf(metric)),
  /** For amounts that add up over processes, such as spans that wait. */
  observableUpDownCounter: (meter: Meter, metric: MetricConvention): ObservableUpDownCounter =>
    meter.createObservableUpDownCounter(metric.name, optionsOf(metric)),
  /** For values that do not, such as an age. */
  observableGauge: (meter: Meter, metric: MetricConvention): ObservableGauge =>
    meter.createObservableGauge(metric.name, optionsOf(metric)),
};

function optionsOf({ unit, description, boundaries }: MetricConvention): MetricOptions {
  return {
    unit,
    description,
    ...(boundaries !== undefined && { advice: { explicitBucketBoundaries: [...boundaries] } }),
  };
}
