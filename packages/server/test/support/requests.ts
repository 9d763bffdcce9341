import { type Agent, request } from 'node:http';
import type { ApiError } from '@agentops/server/api';
import { SessionApiClient, type SessionApiClientOptions } from 'agentops/api';

/** An answer, read to its end. */
export interface Answer {
  status: number;
  headers: Record<string, string | string[] | undefined>;
  body: Buffer;
}

/** What `send` sends. */
export interface Sent {
  method?: string;
  headers?: Record<string, string>;
  body?: Uint8Array;
  /** Connections to use again; without one the request has its own. */
  agent?: Agent;
}

/** Sends a request with exactly these headers, `Host` and `Origin` included, which `fetch` does not let one set. */
export function send(url: string, { body, ...sent }: Sent = {}): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const outgoing = request(url, { agent: false, ...sent }, async (response) => {
      const chunks: Buffer[] = [];
      for await (const chunk of response) chunks.push(chunk as Buffer);
      resolve({
        status: response.statusCode ?? 0,
        headers: response.headers,
        body: Buffer.concat(chunks),
      });
    });
    outgoing.on('error', reject);
    outgoing.end(body);
  });
}

/** Posts an OTLP request. */
export function postOtlp(
  server: { url: string },
  body: string | Uint8Array,
  { path = '/v1/traces', ...headers }: Record<string, string> = {},
): Promise<Response> {
  return fetch(`${server.url}${path}`, {
    method: 'POST',
    body: body as string | Uint8Array<ArrayBuffer>,
    headers: { 'content-type': 'application/x-protobuf', ...headers },
  });
}

/** Asks `server`; an error is an error at the first attempt. */
export function apiOf(server: { url: string }, options: SessionApiClientOptions = {}): SessionApiClient {
  return new SessionApiClient({ endpoint: server.url, retry: { attempts: 1 }, ...options });
}

/** The status and the error of an answer that must be an API error. */
export async function readError(response: Response): Promise<{ status: number } & ApiError['error']> {
  const { error } = (await response.json()) as ApiError;
  return { status: response.status, ...error };
}
