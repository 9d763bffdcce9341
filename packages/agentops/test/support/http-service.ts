import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A service on loopback: what it was asked, and how it answers. */
export interface HttpService {
  /** `http://127.0.0.1:…` */
  readonly url: string;
  readonly port: number;
  readonly server: Server;
  /** Every request, in the order of their arrival. */
  readonly requests: readonly ReceivedRequest[];
  close(): Promise<void>;
}

export interface ReceivedRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
  /** Names and values in turn, as they came. */
  readonly rawHeaders: readonly string[];
}

type Answer = (request: IncomingMessage, response: ServerResponse) => void;

/** Starts a service. Default: it answers `/status/418` with 418, `/redirect/…` by sending there, and all else with `ok`. */
export async function startService(answer: Answer = answerByPath): Promise<HttpService> {
  const requests: ReceivedRequest[] = [];
  const server = createServer((request, response) => {
    const { method = '', url = '', headers, rawHeaders } = request;
    requests.push({ method, path: url, headers, rawHeaders });
    answer(request, response);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    port,
    server,
    requests,
    async close() {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

function answerByPath({ url = '' }: IncomingMessage, response: ServerResponse): void {
  const [, kind, value] = /^\/(\w+)\/([^?]*)/.exec(url) ?? [];
  switch (kind) {
    case 'status':
      response.writeHead(Number(value)).end('answered');
      return;
    case 'redirect':
      response.writeHead(302, { location: decodeURIComponent(value ?? '') }).end();
      return;
    case 'cut':
      response.writeHead(200, { 'content-length': '1000' });
      response.write('some of it', () => response.destroy());
      return;
    case 'endless':
      response.writeHead(200);
      response.write('first ');
      return;
    case 'silence':
      return;
    default:
      response.end('ok');
  }
}
