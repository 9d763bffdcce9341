import { MetricReader } from '@opentelemetry/sdk-metrics';
import { AgentOpsError } from '../../errors.ts';
import type { Reporter } from '../../reporter.ts';
import { withTimeLimit } from '../attempt.ts';
import { Background } from '../background.ts';
import { messageOf } from '../failure.ts';
import type { MetricsTransport } from './otlp-transport.ts';

export interface OtlpReaderOptions {
  readonly transport: MetricsTransport;
  /** Milliseconds between exports. */
  readonly interval: number;
  /** Milliseconds one export may take. */
  readonly timeout: number;
  /** Series of one metric at most. */
  readonly cardinalityLimit: number;
  readonly reporter: Reporter;
}

/**
 * Sends the metrics by OTLP at intervals and when asked to: one export at a time, without traces of its own, and with
 * timers that keep no process alive. An export that fails is not repeated: the next one has the sums of both.
 */
export class OtlpReader extends MetricReader {
  readonly #options: OtlpReaderOptions;
  readonly #background = new Background();
  #timer: NodeJS.Timeout | undefined;
  #exporting: Promise<void> | undefined;

  constructor(options: OtlpReaderOptions) {
    super({
      cardinalitySelector: () => options.cardinalityLimit,
      otelComponentType: 'periodic_metric_reader',
    });
    this.#options = options;
  }

  /** Cuts off an export under way. Nothing is sent from then on. */
  abort(): void {
    clearInterval(this.#timer);
    this.#options.transport.close();
  }

  protected override onInitialized(): void {
    this.#timer = this.#background.run(() =>
      setInterval(() => void this.#export(), this.#options.interval).unref(),
    );
  }

  protected async onForceFlush(): Promise<void> {
    // What is under way was collected before the call.
    await this.#exporting;
    await this.#export();
  }

  protected async onShutdown(): Promise<void> {
    clearInterval(this.#timer);
    await this.onForceFlush();
    this.#options.transport.close();
  }

  #export(): Promise<void> {
    this.#exporting ??= this.#background
      .run(() => this.#collectAndSend())
      .finally(() => {
        this.#exporting = undefined;
      });
    return this.#exporting;
  }

  async #collectAndSend(): Promise<void> {
    const { transport, timeout } = this.#options;
    try {
      const { resourceMetrics } = await this.collect();
      if (resourceMetrics.scopeMetrics.length === 0) return;
      const request = transport.encode(resourceMetrics);
      if (request === undefined) this.#fail('the metrics could not be serialised');
      else {
        const result = await withTimeLimit(timeout, (signal) => transport.post(request, signal));
        if (result.outcome !== 'delivered') this.#fail(result.message);
        else if (result.rejected !== undefined) {
          this.#fail(`${result.rejected.count} data points were rejected: ${result.rejected.message}`);
        }
      }
    } catch (error) {
      this.#fail(messageOf(error));
    }
  }

  #fail(why: string): void {
    const message = `metrics could not be sent: ${why}; they are sent again in ${this.#options.interval} ms`;
    this.#options.reporter.error(new AgentOpsError('metrics_failed', message), 'warn');
  }
}
