import { once } from 'node:events';
import type { Server, ServerResponse } from 'node:http';
import process from 'node:process';
import type { PrometheusSerializer } from '@opentelemetry/exporter-prometheus';
import { MetricReader } from '@opentelemetry/sdk-metrics';
import { AgentOpsError } from '../../errors.ts';
import type { Reporter } from '../../reporter.ts';
import { messageOf } from '../failure.ts';

export interface PrometheusReaderOptions {
  readonly host: string;
  readonly port: number;
  /** Series of one metric at most. */
  readonly cardinalityLimit: number;
  readonly reporter: Reporter;
}

const PATH = '/metrics';

/** Of the text format that OpenTelemetry's serializer writes. */
const CONTENT_TYPE = 'text/plain; version=0.0.4; charset=utf-8';

/**
 * Answers Prometheus. The text is OpenTelemetry's serializer's, loaded with the first scrape; the server is ours, since
 * neither it nor a connection that a scraper keeps open may hold up the end of the process or a shutdown.
 */
export class PrometheusReader extends MetricReader {
  readonly #options: PrometheusReaderOptions;
  readonly #server: Server;
  #serializer: PrometheusSerializer | undefined;

  constructor(options: PrometheusReaderOptions) {
    super({
      cardinalitySelector: () => options.cardinalityLimit,
      otelComponentType: 'prometheus_http_text_metric_exporter',
    });
    this.#options = options;
    // Not imported: see the client of the exporters.
    const { createServer } = process.getBuiltinModule('node:http');
    this.#server = createServer(({ url = '', method }, response) => {
      const [path] = url.split('?');
      if (path !== PATH) response.writeHead(404).end();
      else if (method !== 'GET') response.writeHead(405, { allow: 'GET' }).end();
      else void this.#answer(response);
    });
  }

  protected override onInitialized(): void {
    const { host, port } = this.#options;
    this.#server.unref();
    this.#server.on('connection', (socket) => socket.unref());
    this.#server.on('error', (error) => this.#fail(error));
    this.#server.listen(port, host);
  }

  protected async onForceFlush(): Promise<void> {}

  protected async onShutdown(): Promise<void> {
    if (!this.#server.listening) {
      // `listen` looks the host up first and does not hear of a `close` meanwhile.
      this.#server.once('listening', () => this.#server.close());
      return;
    }
    const closed = once(this.#server, 'close');
    this.#server.close();
    this.#server.closeAllConnections();
    await closed;
  }

  async #answer(response: ServerResponse): Promise<void> {
    try {
      this.#serializer ??= await loadSerializer();
      const { resourceMetrics } = await this.collect();
      const text = this.#serializer.serialize(resourceMetrics);
      response.writeHead(200, { 'content-type': CONTENT_TYPE }).end(text);
    } catch (error) {
      response.writeHead(500, { 'content-type': 'text/plain' }).end(messageOf(error));
    }
  }

  #fail(error: Error): void {
    const { host, port, reporter } = this.#options;
    const isTaken = 'code' in error && error.code === 'EADDRINUSE';
    const problem = isTaken
      ? `port ${port} of ${host} is taken; set metrics.prometheus.port to a free one (OTEL_EXPORTER_PROMETHEUS_PORT)`
      : `cannot listen on ${host}:${port}: ${error.message}; check metrics.prometheus`;
    reporter.error(
      new AgentOpsError('metrics_failed', `Prometheus cannot scrape this process: ${problem}`, {
        cause: error,
      }),
    );
  }
}

async function loadSerializer(): Promise<PrometheusSerializer> {
  const { PrometheusSerializer } = await import('@opentelemetry/exporter-prometheus');
  return new PrometheusSerializer();
}
