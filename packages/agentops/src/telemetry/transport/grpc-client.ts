import type { ClientHttp2Session, ClientHttp2Stream, IncomingHttpHeaders } from 'node:http2';
import process from 'node:process';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { type Answer, type Client, type Destination, MAX_ANSWER_BYTES, tlsOptions } from './destination.ts';
import { GrpcStatus } from './grpc-status.ts';

const compress = promisify(gzip);

/** Length of what stands before a message: a flag for compression and four bytes of length. */
const PREFIX_LENGTH = 5;

/**
 * Unary gRPC calls with messages that are encoded already, by the gRPC over HTTP/2 protocol. That is all an exporter
 * needs, at a quarter of the start-up time of a whole gRPC library, and on connections that do not keep the process
 * alive while a call is under way.
 */
export class GrpcClient implements Client {
  readonly #destination: Destination;
  readonly #url: URL;
  #session: ClientHttp2Session | undefined;
  #closed = false;

  constructor(destination: Destination) {
    this.#destination = destination;
    this.#url = new URL(destination.url);
  }

  async request(body: Uint8Array, signal: AbortSignal): Promise<Answer> {
    const message = await this.#frame(body);
    const kept = this.#session;
    try {
      return await this.#call(message, signal);
    } catch (error) {
      const wasStale = kept !== undefined && !signal.aborted && !this.#closed;
      // Whatever is wrong with the connection, the next call gets a new one.
      this.#session?.destroy();
      this.#session = undefined;
      if (!wasStale) throw error;
      return this.#call(message, signal);
    }
  }

  close(): void {
    this.#closed = true;
    this.#session?.destroy(new Error('the exporter was shut down'));
  }

  async #frame(body: Uint8Array): Promise<Buffer> {
    const isCompressed = this.#destination.compression === 'gzip';
    const content = isCompressed ? await compress(body) : body;
    const message = Buffer.allocUnsafe(PREFIX_LENGTH + content.length);
    message.writeUInt8(isCompressed ? 1 : 0);
    message.writeUInt32BE(content.length, 1);
    message.set(content, PREFIX_LENGTH);
    return message;
  }

  #connect(): ClientHttp2Session {
    const kept = this.#session;
    if (kept !== undefined && !kept.closed && !kept.destroyed) return kept;
    const http2 = process.getBuiltinModule('node:http2');
    const options = this.#url.protocol === 'https:' ? tlsOptions(this.#destination) : {};
    const session = http2.connect(this.#url.origin, options);
    // The calls on it are told.
    session.on('error', () => {});
    session.unref();
    this.#session = session;
    return session;
  }

  #call(message: Buffer, signal: AbortSignal): Promise<Answer> {
    return new Promise((resolve, reject) => {
      if (this.#closed) throw new Error('the exporter was shut down');
      signal.throwIfAborted();
      const session = this.#connect();
      const stream = session.request({
        ...this.#destination.headers,
        ':method': 'POST',
        ':path': this.#url.pathname,
        'content-type': 'application/grpc',
        te: 'trailers',
        ...(this.#destination.compression === 'gzip' && { 'grpc-encoding': 'gzip' }),
      });
      const abort = (): void => void stream.destroy(signal.reason);
      signal.addEventListener('abort', abort, { once: true });
      readAnswer(stream)
        .then(resolve, reject)
        .finally(() => signal.removeEventListener('abort', abort));
      stream.end(message);
    });
  }
}

/** Rejects where the call did not come to an end of its own. */
function readAnswer(stream: ClientHttp2Stream): Promise<Answer> {
  const headers: Record<string, string> = {};
  const collect = (block: IncomingHttpHeaders): void => {
    for (const [name, value] of Object.entries(block)) headers[name] = String(value);
  };
  const chunks: Buffer[] = [];
  let left = PREFIX_LENGTH + MAX_ANSWER_BYTES;
  let failure = new Error('the connection was closed before the answer');
  stream.on('response', collect);
  stream.on('trailers', collect);
  stream.on('data', (chunk: Buffer) => {
    if (left > 0) chunks.push(chunk.subarray(0, left));
    left -= chunk.length;
  });
  // An answer that comes before the whole request was sent is the answer all the same.
  stream.on('end', () => stream.close());
  stream.on('error', (error) => {
    failure = error;
  });
  return new Promise((resolve, reject) => {
    stream.on('close', () => {
      const status = headers['grpc-status'] ?? statusOfHttp(Number(headers[':status']));
      const body = new Uint8Array(Buffer.concat(chunks).subarray(PREFIX_LENGTH));
      if (status === undefined) reject(failure);
      else resolve({ status: Number(status), headers, body });
    });
  });
}

/** What an answer that is not gRPC's own counts as, by gRPC's own table; undefined for a call that was cut off. */
function statusOfHttp(http: number): number | undefined {
  switch (http) {
    case 400:
      return GrpcStatus.INTERNAL;
    case 401:
      return GrpcStatus.UNAUTHENTICATED;
    case 403:
      return GrpcStatus.PERMISSION_DENIED;
    case 404:
      return GrpcStatus.UNIMPLEMENTED;
    case 429:
    case 502:
    case 503:
    case 504:
      return GrpcStatus.UNAVAILABLE;
    default:
      return http === 200 || Number.isNaN(http) ? undefined : GrpcStatus.UNKNOWN;
  }
}
