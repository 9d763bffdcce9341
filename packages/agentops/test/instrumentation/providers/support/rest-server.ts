import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';

/** What is answered to a request, by method and path (`GET /v1/models`). */
export type Answers = Readonly<Record<string, (response: ServerResponse, url: URL) => void>>;

/** What a server got of a request, without what differs from run to run by nature. */
export interface RestRequest {
  readonly line: string;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly body: string;
}

export interface RestServer extends AsyncDisposable {
  readonly url: string;
  readonly requests: readonly RestRequest[];
}

/** A server for what a model server has not: files, images, lists. */
export async function startRestServer(answers: Answers): Promise<RestServer> {
  const requests: RestRequest[] = [];
  const server = createServer(async (request, response) => {
    const { host: _host, 'idempotency-key': _key, ...headers } = request.headers;
    const body = (await buffer(request)).toString('latin1');
    const boundary = /boundary=(\S+)/.exec(String(headers['content-type']))?.[1] ?? '-none-';
    requests.push({
      line: `${request.method} ${request.url}`,
      headers: { ...headers, 'content-type': headers['content-type']?.replace(boundary, 'B') },
      body: body.replaceAll(boundary, 'B'),
    });
    const url = new URL(request.url ?? '/', 'http://host');
    const answer = answers[`${request.method} ${url.pathname}`];
    if (answer !== undefined) answer(response, url);
    else
      json(404, { error: { message: 'No such thing.', type: 'invalid_request_error', code: 'none' } })(
        response,
      );
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const close = async (): Promise<void> => {
    server.close();
    server.closeAllConnections();
    await once(server, 'close');
  };
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}`, requests, [Symbol.asyncDispose]: close };
}

export function json(status: number, body: unknown) {
  return (response: ServerResponse): void => {
    response.writeHead(status, {
      'content-type': 'application/json',
      'x-request-id': 'req-1',
      'request-id': 'req-1',
    });
    response.end(JSON.stringify(body));
  };
}

/** Server-sent events. */
export function events(...parts: unknown[]) {
  return (response: ServerResponse): void => {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    response.end(parts.map((part) => `data: ${JSON.stringify(part)}\n\n`).join(''));
  };
}
