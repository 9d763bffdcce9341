import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import protobuf from 'protobufjs';

const schema = protobuf.parse(`
  syntax = "proto3";
  message Request { repeated ResourceLogs resource_logs = 1; }
  message ResourceLogs { Resource resource = 1; repeated ScopeLogs scope_logs = 2; }
  message Resource { repeated KeyValue attributes = 1; }
  message ScopeLogs { Scope scope = 1; repeated LogRecord log_records = 2; }
  message Scope { string name = 1; string version = 2; }
  message LogRecord {
    fixed64 time_unix_nano = 1; uint32 severity_number = 2; string severity_text = 3; AnyValue body = 5;
    repeated KeyValue attributes = 6; fixed32 flags = 8; bytes trace_id = 9; bytes span_id = 10;
  }
  message KeyValue { string key = 1; AnyValue value = 2; }
  message AnyValue {
    oneof value { string string_value = 1; bool bool_value = 2; int64 int_value = 3; double double_value = 4; }
  }
`).root;

interface KeyValue {
  readonly key: string;
  readonly value: Readonly<Record<string, unknown>>;
}

/** One log record as it arrived. */
export interface ReceivedRecord {
  readonly severity: string;
  readonly severityNumber: number;
  readonly body: unknown;
  readonly traceId: string;
  readonly spanId: string;
  readonly scope: string;
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly resource: Readonly<Record<string, unknown>>;
}

/** An OTLP/HTTP endpoint for logs on loopback. It answers 200, or the statuses it was given, in their order. */
export class LogsEndpoint {
  readonly records: ReceivedRecord[] = [];
  readonly paths: (string | undefined)[] = [];
  readonly contentTypes: (string | undefined)[] = [];
  /** Requests in JSON, as they were. */
  readonly json: unknown[] = [];
  readonly #server: Server;
  #statuses: number[] = [];

  private constructor(server: Server) {
    this.#server = server;
  }

  static async start(): Promise<LogsEndpoint> {
    const server = createServer();
    const endpoint = new LogsEndpoint(server);
    server.on('request', async (request, response) => {
      const body = Buffer.concat(await request.toArray());
      const status = endpoint.#statuses.shift() ?? 200;
      endpoint.paths.push(request.url);
      endpoint.contentTypes.push(request.headers['content-type']);
      if (status === 200 && !endpoint.isJson) endpoint.records.push(...decodeLogs(body));
      if (endpoint.isJson) endpoint.json.push(JSON.parse(String(body)));
      response.writeHead(status).end();
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return endpoint;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  private get isJson(): boolean {
    return this.contentTypes.at(-1) === 'application/json';
  }

  answer(...statuses: number[]): void {
    this.#statuses = statuses;
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, 'close');
  }
}

/** The records of a request in protobuf. */
export function decodeLogs(body: Uint8Array): ReceivedRecord[] {
  const type = schema.lookupType('Request');
  // biome-ignore format: the shape of the request
  const request = type.toObject(type.decode(body), { longs: Number }) as {
    resourceLogs: { resource: { attributes: KeyValue[] }; scopeLogs: { scope: { name: string }; logRecords: Record<string, unknown>[] }[] }[];
  };
  return request.resourceLogs.flatMap(({ resource, scopeLogs }) =>
    scopeLogs.flatMap(({ scope, logRecords }) =>
      logRecords.map((record) => ({
        severity: String(record.severityText),
        severityNumber: Number(record.severityNumber),
        body: contentOf(record.body as KeyValue['value']),
        traceId: Buffer.from((record.traceId as Uint8Array | undefined) ?? []).toString('hex'),
        spanId: Buffer.from((record.spanId as Uint8Array | undefined) ?? []).toString('hex'),
        scope: scope.name,
        attributes: toObject(record.attributes as KeyValue[] | undefined),
        resource: toObject(resource.attributes),
      })),
    ),
  );
}

function toObject(pairs: readonly KeyValue[] = []): Record<string, unknown> {
  return Object.fromEntries(pairs.map(({ key, value }) => [key, contentOf(value)]));
}

function contentOf(value: KeyValue['value']): unknown {
  return Object.values(value)[0];
}
