import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import { createServer as createSecureServer, type ServerOptions } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import { gunzipSync } from 'node:zlib';
import type { Answer } from './otlp-endpoint.ts';

/** One request, its body decompressed. */
export interface RawRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
  /** Of the connection, from 1 on. */
  readonly connection: number;
  /** Common name of the client's certificate. */
  readonly client: string | undefined;
}

/** An HTTP endpoint on loopback that keeps what it gets and answers as it is told. */
export class RawEndpoint {
  readonly requests: RawRequest[] = [];
  #answers: (Answer | Promise<Answer>)[] = [];
  readonly #server: Server;
  readonly #scheme: string;
  readonly #connections = new WeakMap<Socket, number>();
  #connectionCount = 0;

  private constructor(server: Server, scheme: string) {
    this.#server = server;
    this.#scheme = scheme;
  }

  /** @param tls With it the endpoint speaks HTTPS. */
  static async start(tls?: ServerOptions): Promise<RawEndpoint> {
    const server = tls === undefined ? createServer() : createSecureServer(tls);
    const endpoint = new RawEndpoint(server, tls === undefined ? 'http' : 'https');
    // Idle connections stay until the client or the test closes them.
    server.keepAliveTimeout = 0;
    server.on(tls === undefined ? 'connection' : 'secureConnection', (socket: Socket) => {
      endpoint.#connectionCount += 1;
      endpoint.#connections.set(socket, endpoint.#connectionCount);
    });
    server.on('request', async (request, response) => {
      const body = Buffer.concat(await request.toArray());
      const { 'content-encoding': encoding } = request.headers;
      const { socket } = request;
      const subject = 'getPeerCertificate' in socket ? peerName(socket) : undefined;
      endpoint.requests.push({
        method: request.method ?? '',
        path: request.url ?? '',
        headers: request.headers,
        body: encoding === 'gzip' ? gunzipSync(body) : body,
        connection: endpoint.#connections.get(socket) ?? 0,
        client: subject,
      });
      const answer = await (endpoint.#answers.shift() ?? {});
      const { status = 200, headers = {}, body: content = '', reset = false } = answer;
      if (reset) socket.resetAndDestroy();
      else response.writeHead(status, headers).end(content);
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return endpoint;
  }

  get host(): string {
    return `127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  get url(): string {
    return `${this.#scheme}://${this.host}`;
  }

  /** The answers to the next requests, in their order; one that is a promise holds its request. */
  answer(...answers: (Answer | Promise<Answer>)[]): void {
    this.#answers = answers;
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, 'close');
  }
}

function peerName(socket: object): string | undefined {
  const { getPeerCertificate } = socket as import('node:tls').TLSSocket;
  const name = getPeerCertificate.call(socket)?.subject?.CN;
  return typeof name === 'string' ? name : undefined;
}
