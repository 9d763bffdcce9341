import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

/** One metric of a request: its scope, its name, and the values of its data points that are sums or gauges. */
export interface ReceivedMetric {
  readonly scope: string;
  readonly name: string;
  readonly values: readonly number[];
}

export interface MetricsRequest {
  readonly url: string | undefined;
  readonly headers: IncomingHttpHeaders;
  readonly metrics: readonly ReceivedMetric[];
}

/** An endpoint for OTLP metrics in protobuf on loopback. */
export class MetricsEndpoint {
  readonly received: MetricsRequest[] = [];
  /** The statuses of the next answers; a promise holds its request. Default 200. */
  readonly answers: (number | Promise<number>)[] = [];
  readonly #server: Server;
  #arrived = Promise.withResolvers<void>();

  private constructor(server: Server) {
    this.#server = server;
  }

  static async start(): Promise<MetricsEndpoint> {
    const server = createServer();
    const endpoint = new MetricsEndpoint(server);
    server.on('request', async (request, response) => {
      const body = Buffer.concat(await request.toArray());
      const { url, headers } = request;
      endpoint.received.push({ url, headers, metrics: decodeMetrics(body) });
      endpoint.#arrived.resolve();
      endpoint.#arrived = Promise.withResolvers<void>();
      const status = await (endpoint.answers.shift() ?? 200);
      response.writeHead(status, { 'content-type': 'application/x-protobuf' }).end();
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return endpoint;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** The sum over all data points of a metric in the latest request that has it. */
  latest(name: string): number | undefined {
    const metrics = this.received.flatMap((request) => request.metrics);
    return metrics.findLast((metric) => metric.name === name)?.values.reduce((sum, value) => sum + value, 0);
  }

  /** Resolves when there have been `count` requests. */
  async requests(count: number): Promise<void> {
    while (this.received.length < count) await this.#arrived.promise;
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, 'close');
  }
}

/** ExportMetricsServiceRequest: resource_metrics 1, scope_metrics 2, metrics 2, name 1, gauge 5 and sum 7. */
function decodeMetrics(request: Buffer): ReceivedMetric[] {
  return messages(request, 1)
    .flatMap((resource) => messages(resource, 2))
    .flatMap((scoped) => {
      const scope = messages(scoped, 1)[0] ?? Buffer.alloc(0);
      return messages(scoped, 2).map((metric) => ({
        scope: messages(scope, 1)[0]?.toString() ?? '',
        name: messages(metric, 1)[0]?.toString() ?? '',
        values: [...messages(metric, 5), ...messages(metric, 7)]
          .flatMap((data) => messages(data, 1))
          .map(numberOf),
      }));
    });
}

/** NumberDataPoint: as_double 4, as_int 6. */
function numberOf(point: Buffer): number {
  for (const { field, bytes } of fields(point)) {
    if (field === 4) return bytes.readDoubleLE();
    if (field === 6) return Number(bytes.readBigInt64LE());
  }
  return Number.NaN;
}

function messages(message: Buffer, wanted: number): Buffer[] {
  return [...fields(message)].filter(({ field }) => field === wanted).map(({ bytes }) => bytes);
}

/** The fields of a protobuf message, each as its bytes. */
function* fields(message: Buffer): Generator<{ field: number; bytes: Buffer }> {
  let at = 0;
  const varint = (): number => {
    let value = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = message[at++] ?? 0;
      value += (byte & 0x7f) * 2 ** shift;
      if (byte < 0x80) return value;
    }
  };
  while (at < message.length) {
    const key = varint();
    const wireType = key & 7;
    const start = at;
    if (wireType === 0) varint();
    const length = wireType === 2 ? varint() : wireType === 1 ? 8 : wireType === 5 ? 4 : 0;
    const from = wireType === 0 ? start : at;
    at += length;
    yield { field: key >>> 3, bytes: message.subarray(from, at) };
  }
}
