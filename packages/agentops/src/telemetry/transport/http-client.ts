import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { type Answer, type Client, type Destination, MAX_ANSWER_BYTES, tlsOptions } from './destination.ts';
import { HttpConnections } from './http-connections.ts';

const compress = promisify(gzip);

/** Posts requests over HTTP/1.1 with connections that are kept. Redirects are answers like any other. */
export class HttpClient implements Client {
  readonly #destination: Destination;
  readonly #connections: HttpConnections;

  constructor(destination: Destination) {
    const { url } = destination;
    this.#destination = destination;
    this.#connections = new HttpConnections({
      isSecure: url.startsWith('https:'),
      tls: tlsOptions(destination),
      maxAnswerBytes: MAX_ANSWER_BYTES,
      holdsProcess: false,
      closed: 'the exporter was shut down',
    });
  }

  async request(body: Uint8Array, signal: AbortSignal): Promise<Answer> {
    const { url, headers, compression } = this.#destination;
    const isCompressed = compression === 'gzip';
    const content = isCompressed ? await compress(body) : body;
    const all = { ...headers, ...(isCompressed && { 'content-encoding': 'gzip' }) };
    return this.#connections.request({ method: 'POST', url, headers: all, content }, signal);
  }

  close(): void {
    this.#connections.close();
  }
}
