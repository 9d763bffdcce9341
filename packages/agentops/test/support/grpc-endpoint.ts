import { decodeTraces, encodeExportResponse, type SpanRow } from '@agentops/otlp';
import { Metadata, Server, ServerCredentials, type ServerErrorResponse, type status } from '@grpc/grpc-js';

const PROTOBUF = 'application/x-protobuf';

/** An answer other than "all taken". */
export interface GrpcAnswer {
  readonly code?: status;
  readonly details?: string;
  readonly metadata?: Readonly<Record<string, Buffer>>;
  readonly body?: Uint8Array;
}

export interface GrpcRequest {
  readonly metadata: Readonly<Record<string, unknown>>;
  readonly spans: readonly SpanRow[];
}

/** An OTLP/gRPC endpoint on loopback, by gRPC's own library, that answers as it is told. */
export class GrpcEndpoint {
  readonly port: number;
  readonly received: readonly GrpcRequest[];
  readonly #answers: (GrpcAnswer | Promise<GrpcAnswer>)[];
  readonly #server: Server;

  private constructor(
    server: Server,
    port: number,
    received: readonly GrpcRequest[],
    answers: (GrpcAnswer | Promise<GrpcAnswer>)[],
  ) {
    this.#server = server;
    this.port = port;
    this.received = received;
    this.#answers = answers;
  }

  static async start(credentials = ServerCredentials.createInsecure(), port = 0): Promise<GrpcEndpoint> {
    const server = new Server();
    const received: GrpcRequest[] = [];
    const answers: (GrpcAnswer | Promise<GrpcAnswer>)[] = [];
    server.addService(
      {
        export: {
          path: '/opentelemetry.proto.collector.trace.v1.TraceService/Export',
          requestStream: false,
          responseStream: false,
          requestDeserialize: (bytes: Buffer) => bytes,
          requestSerialize: (bytes: Buffer) => bytes,
          responseDeserialize: (bytes: Buffer) => bytes,
          responseSerialize: (bytes: Buffer) => bytes,
        },
      },
      {
        export: async (
          call: { readonly request: Buffer; readonly metadata: Metadata },
          done: (error: Partial<ServerErrorResponse> | null, value?: Buffer) => void,
        ) => {
          const { rows } = decodeTraces(call.request, PROTOBUF);
          received.push({ metadata: call.metadata.getMap(), spans: rows });
          const { code, details = '', metadata = {}, body } = await (answers.shift() ?? {});
          const trailers = new Metadata();
          for (const [name, value] of Object.entries(metadata)) trailers.set(name, value);
          if (code !== undefined) done({ code, details, metadata: trailers });
          else done(null, Buffer.from(body ?? encodeExportResponse(PROTOBUF)));
        },
      },
    );
    const bound = await new Promise<number>((resolve, reject) => {
      server.bindAsync(`127.0.0.1:${port}`, credentials, (error, free) =>
        error === null ? resolve(free) : reject(error),
      );
    });
    return new GrpcEndpoint(server, bound, received, answers);
  }

  get host(): string {
    return `127.0.0.1:${this.port}`;
  }

  get names(): string[] {
    return this.received.flatMap(({ spans }) => spans.map((span) => span.operation_name));
  }

  /** The answers to the next calls, in their order; one that is a promise holds its call. */
  answer(...answers: (GrpcAnswer | Promise<GrpcAnswer>)[]): void {
    this.#answers.splice(0, Number.POSITIVE_INFINITY, ...answers);
  }

  stop(): void {
    this.#server.forceShutdown();
  }
}
