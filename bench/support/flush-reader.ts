import { MetricReader } from '@opentelemetry/sdk-metrics';

/** Reads all metrics whenever they are flushed: with every lap, which is far more often than a program's reader does. */
export class FlushReader extends MetricReader {
  protected async onForceFlush(): Promise<void> {
    const { resourceMetrics } = await this.collect();
    const metrics = resourceMetrics.scopeMetrics.flatMap((scope) => scope.metrics);
    if (metrics.length === 0) throw new Error('there are no metrics to read');
  }

  protected async onShutdown(): Promise<void> {}
}
