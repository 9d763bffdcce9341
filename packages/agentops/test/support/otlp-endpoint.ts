import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { decodeTraces, encodeExportResponse, type SpanRow } from '@agentops/otlp';

const PROTOBUF = 'application/x-protobuf';

/** An answer other than "all taken". */
export interface Answer {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
  /** Instead of an answer, the connection is reset. */
  readonly reset?: boolean;
}

/** One request as the endpoint got it. */
export interface Received {
  /** Ms since the epoch. */
  readonly at: number;
  readonly headers: IncomingHttpHeaders;
  readonly spans: readonly SpanRow[];
  /** Of the body. */
  readonly bytes: number;
}

/** An OTLP/HTTP endpoint on loopback that decodes what it gets and answers as it is told. */
export class OtlpEndpoint {
  readonly received: Received[] = [];
  /** A larger body is answered 413. */
  maxBytes = Number.POSITIVE_INFINITY;
  /** Of the spans in requests that were answered 2xx, as often as they came. */
  readonly confirmed: string[] = [];
  /** The answer where none is set for the request. */
  otherwise: () => Answer | Promise<Answer> = () => ({});
  /** Requests of snapshots of running spans, which come when they come: they are taken and stand apart. */
  readonly live: Received[] = [];
  #answers: (Answer | Promise<Answer>)[] = [];
  readonly #server: Server;
  #arrived = Promise.withResolvers<void>();

  private constructor(server: Server) {
    this.#server = server;
  }

  /** @param port Default: a free one. */
  static async start(port = 0): Promise<OtlpEndpoint> {
    const server = createServer();
    const endpoint = new OtlpEndpoint(server);
    server.on('request', async (request, response) => {
      // A sender that has gone before its request was whole.
      const chunks: Buffer[] | undefined = await request.toArray().catch(() => undefined);
      if (chunks === undefined) return;
      const body = Buffer.concat(chunks);
      const { rows } = decodeTraces(body, PROTOBUF);
      const bytes = body.length;
      const isLive = rows.length > 0 && rows.every((row) => row.end_time === null);
      const answer =
        bytes > endpoint.maxBytes
          ? { status: 413 }
          : isLive
            ? {}
            : (endpoint.#answers.shift() ?? endpoint.otherwise());
      const kind = isLive ? endpoint.live : endpoint.received;
      kind.push({ at: Date.now(), headers: request.headers, spans: rows, bytes });
      endpoint.#arrived.resolve();
      endpoint.#arrived = Promise.withResolvers<void>();
      const { status = 200, headers, body: content = encodeExportResponse(PROTOBUF), reset } = await answer;
      if (reset) {
        request.socket.resetAndDestroy();
        return;
      }
      if (request.socket.destroyed) return;
      if (status < 300 && !isLive) endpoint.confirmed.push(...rows.map((row) => row.span_id));
      response.writeHead(status, { 'content-type': PROTOBUF, ...headers }).end(content);
    });
    server.listen(port, '127.0.0.1');
    await once(server, 'listening');
    return endpoint;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  /** Names of the spans of all requests. */
  get names(): string[] {
    return this.received.flatMap((request) => request.spans.map((span) => span.operation_name));
  }

  /** The answers to the next requests, in their order; one that is a promise holds its request. */
  answer(...answers: (Answer | Promise<Answer>)[]): void {
    this.#answers = answers;
  }

  /** Resolves when there have been `count` requests. */
  async requests(count: number): Promise<void> {
    while (this.received.length < count) await this.#arrived.promise;
  }

  /** Resolves with the first snapshot, of those that have come and those to come, that is as wanted. */
  async liveSpan(isWanted: (span: SpanRow) => boolean): Promise<SpanRow> {
    for (;;) {
      const found = this.live.flatMap(({ spans }) => spans).find(isWanted);
      if (found !== undefined) return found;
      await this.#arrived.promise;
    }
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, 'close');
  }
}

/** A port of loopback that nothing listens on. */
export async function deadPort(): Promise<number> {
  const endpoint = await OtlpEndpoint.start();
  const { port } = endpoint;
  await endpoint.stop();
  return port;
}
