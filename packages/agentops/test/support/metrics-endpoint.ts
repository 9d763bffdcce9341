import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gunzipSync } from 'node:zlib';

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

const JSON_TYPE = 'application/json';

/** An endpoint for OTLP metrics over HTTP on loopback, in protobuf or JSON. */
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
      const sent = Buffer.concat(await request.toArray());
      const { url, headers } = request;
      const body = headers['content-encoding'] === 'gzip' ? gunzipSync(sent) : sent;
      const type = headers['content-type'] ?? '';
      const metrics = type === JSON_TYPE ? readMetrics(JSON.parse(body.toString())) : decodeMetrics(body);
      endpoint.received.push({ url, headers, metrics });
      endpoint.#arrived.resolve();
      endpoint.#arrived = Promise.withResolvers<void>();
      const status = await (endpoint.answers.shift() ?? 200);
      response.writeHead(status, { 'content-type': type }).end(type === JSON_TYPE ? '{}' : '');
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

interface JsonRequest {
  readonly resourceMetrics: readonly {
    readonly scopeMetrics: readonly {
      readonly scope: { readonly name: string };
      readonly metrics: readonly JsonMetric[];
    }[];
  }[];
}

interface JsonMetric {
  readonly name: string;
  readonly sum?: { readonly dataPoints: readonly JsonPoint[] };
  readonly gauge?: { readonly dataPoints: readonly JsonPoint[] };
}

interface JsonPoint {
  readonly asDouble?: number;
  readonly asInt?: number | string;
}

function readMetrics({ resourceMetrics }: JsonRequest): ReceivedMetric[] {
  return resourceMetrics
    .flatMap(({ scopeMetrics }) => scopeMetrics)
    .flatMap(({ scope, metrics }) =>
      metrics.map(({ name, sum, gauge }) => ({
        scope: scope.name,
        name,
        values: [...(sum?.dataPoints ?? []), ...(gauge?.dataPoints ?? [])].map(({ asDouble, asInt }) =>
          Number(asDouble ?? asInt),
        ),
      })),
    );
}

/** ExportMetricsServiceRequest: resource_metrics 1, scope_metrics 2, metrics 2, name 1, gauge 5 and sum 7. */
export function decodeMetrics(request: Buffer): ReceivedMetric[] {
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
