import type { Agent, ClientRequest, IncomingMessage } from 'node:http';
import process from 'node:process';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { type Answer, type Client, type Destination, MAX_ANSWER_BYTES, tlsOptions } from './destination.ts';

const compress = promisify(gzip);

type Http = typeof import('node:http');

/** Posts requests over HTTP/1.1 with connections that are kept. Redirects are answers like any other. */
export class HttpClient implements Client {
  readonly #destination: Destination;
  readonly #http: Http;
  readonly #agent: Agent;
  readonly #underWay = new Set<ClientRequest>();
  #closed = false;

  constructor(destination: Destination) {
    this.#destination = destination;
    const isSecure = destination.url.startsWith('https:');
    // Not imported: a program whose exporters are all plain does not load TLS, and an `import` of `node:http` loads the
    // whole of `fetch`, which takes a tenth of the time that all of the SDK does.
    this.#http = isSecure
      ? (process.getBuiltinModule('node:https') as unknown as Http)
      : process.getBuiltinModule('node:http');
    this.#agent = new this.#http.Agent({
      keepAlive: true,
      ...(isSecure && tlsOptions(destination)),
      // Proxies are Node's to decide: where it has been told to use them, so do we.
      ...(process.env.NODE_USE_ENV_PROXY === '1' && { proxyEnv: process.env }),
    });
  }

  async request(body: Uint8Array, signal: AbortSignal): Promise<Answer> {
    const isCompressed = this.#destination.compression === 'gzip';
    const content = isCompressed ? await compress(body) : body;
    try {
      return await this.#exchange(content, isCompressed, signal);
    } catch (error) {
      // The endpoint closed a kept connection just when it was used again: that is no failure of the endpoint's.
      if (!(error instanceof StaleConnection)) throw error;
      return this.#exchange(content, isCompressed, signal);
    }
  }

  close(): void {
    this.#closed = true;
    for (const request of this.#underWay) request.destroy();
    this.#agent.destroy();
  }

  #exchange(content: Uint8Array, isCompressed: boolean, signal: AbortSignal): Promise<Answer> {
    return new Promise((resolve, reject) => {
      if (this.#closed) throw new ClosedClient();
      signal.throwIfAborted();
      const request = this.#http.request(this.#destination.url, {
        method: 'POST',
        agent: this.#agent,
        headers: {
          ...this.#destination.headers,
          ...(isCompressed && { 'content-encoding': 'gzip' }),
          'content-length': content.length,
        },
      });
      const abort = (): void => void request.destroy(signal.reason);
      signal.addEventListener('abort', abort, { once: true });
      this.#underWay.add(request);
      request.on('socket', (socket) => socket.unref());
      let isAnswered = false;
      request.on('response', (response) => {
        isAnswered = true;
        readAnswer(response).then(resolve, reject);
      });
      request.on('error', (error) => {
        if (this.#closed) reject(new ClosedClient());
        else reject(request.reusedSocket && isReset(error) ? new StaleConnection(error) : error);
      });
      request.on('close', () => {
        this.#underWay.delete(request);
        signal.removeEventListener('abort', abort);
        // An answer may still be on its way through the stream, and settles by itself.
        if (!isAnswered) reject(new Error('the connection was closed before the answer'));
      });
      request.end(content);
    });
  }
}

class StaleConnection extends Error {
  constructor(cause: Error) {
    super(cause.message, { cause });
  }
}

class ClosedClient extends Error {
  constructor() {
    super('the exporter was shut down');
  }
}

function isReset(error: NodeJS.ErrnoException): boolean {
  return error.code === 'ECONNRESET' || error.code === 'EPIPE';
}

async function readAnswer(response: IncomingMessage): Promise<Answer> {
  const chunks: Buffer[] = [];
  let left = MAX_ANSWER_BYTES;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    chunks.push(chunk.subarray(0, left));
    left -= chunk.length;
    // Leaving the loop destroys the response and its connection.
    if (left <= 0) break;
  }
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(response.headers)) {
    if (value !== undefined) headers[name] = String(value);
  }
  return { status: response.statusCode ?? 0, headers, body: new Uint8Array(Buffer.concat(chunks)) };
}
