import type { Agent, ClientRequest, IncomingMessage } from 'node:http';
import process from 'node:process';
import type { SecureContextOptions } from 'node:tls';
import type { Answer } from './destination.ts';

type Http = typeof import('node:http');

export interface HttpConnectionsOptions {
  /** Whether the requests go to `https:` URLs. */
  readonly isSecure: boolean;
  /** Used where they do. */
  readonly tls: SecureContextOptions & { readonly servername?: string };
  /** More of an answer is not read. */
  readonly maxAnswerBytes: number;
  /** Whether a request under way keeps the process alive. Idle connections never do. */
  readonly holdsProcess: boolean;
  /** What is said of requests after `close`. */
  readonly closed: string;
}

export interface HttpRequest {
  readonly method: 'GET' | 'POST';
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly content?: Uint8Array;
}

/** Requests over HTTP/1.1, to one server, with connections that are kept. Redirects are answers like any other. */
export class HttpConnections {
  readonly #options: HttpConnectionsOptions;
  readonly #http: Http;
  readonly #agent: Agent;
  readonly #underWay = new Set<ClientRequest>();
  #closed = false;

  constructor(options: HttpConnectionsOptions) {
    const { isSecure, tls } = options;
    this.#options = options;
    // Not imported: a program whose destinations are all plain does not load TLS, and an `import` of `node:http` loads the
    // whole of `fetch`, which takes a tenth of the time that all of the SDK does.
    this.#http = isSecure
      ? (process.getBuiltinModule('node:https') as unknown as Http)
      : process.getBuiltinModule('node:http');
    this.#agent = new this.#http.Agent({
      keepAlive: true,
      ...(isSecure && tls),
      // Proxies are Node's to decide: where it has been told to use them, so do we.
      ...(process.env.NODE_USE_ENV_PROXY === '1' && { proxyEnv: process.env }),
    });
  }

  /** Sends once; rejects where there was no answer. */
  async request(request: HttpRequest, signal: AbortSignal): Promise<Answer> {
    try {
      return await this.#exchange(request, signal);
    } catch (error) {
      // The endpoint closed a kept connection just when it was used again: that is no failure of the endpoint's.
      if (!(error instanceof StaleConnection)) throw error;
      return this.#exchange(request, signal);
    }
  }

  /** Cuts off what is under way; further requests are rejected. */
  close(): void {
    this.#closed = true;
    for (const request of this.#underWay) request.destroy();
    this.#agent.destroy();
  }

  #exchange({ method, url, headers, content }: HttpRequest, signal: AbortSignal): Promise<Answer> {
    const { maxAnswerBytes, holdsProcess, closed } = this.#options;
    return new Promise((resolve, reject) => {
      if (this.#closed) throw new Error(closed);
      signal.throwIfAborted();
      const request = this.#http.request(url, {
        method,
        agent: this.#agent,
        headers: { ...headers, ...(content !== undefined && { 'content-length': content.length }) },
      });
      const abort = (): void => void request.destroy(signal.reason);
      signal.addEventListener('abort', abort, { once: true });
      this.#underWay.add(request);
      if (!holdsProcess) request.on('socket', (socket) => socket.unref());
      let isAnswered = false;
      request.on('response', (response) => {
        isAnswered = true;
        readAnswer(response, maxAnswerBytes).then(resolve, reject);
      });
      request.on('error', (error) => {
        if (this.#closed) reject(new Error(closed));
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

function isReset(error: NodeJS.ErrnoException): boolean {
  return error.code === 'ECONNRESET' || error.code === 'EPIPE';
}

async function readAnswer(response: IncomingMessage, maxBytes: number): Promise<Answer> {
  const chunks: Buffer[] = [];
  let left = maxBytes;
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
