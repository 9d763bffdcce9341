import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { handle } from './exchange.ts';
import { countIds } from './ids.ts';
import { type ReceivedRequest, remember } from './received.ts';
import type { Script } from './script.ts';

/** How to start a model server. */
export interface ModelServerOptions {
  script: Script;
  /** Default 0: any free port. */
  port?: number;
  /** Default `127.0.0.1`. */
  host?: string;
  /** The key every request must bring; default: none is asked for. */
  apiKey?: string;
  /** How many of the latest requests are remembered; default 1000. */
  rememberRequests?: number;
}

/** A running model server. */
export interface ModelServer extends AsyncDisposable {
  /** `http://host:port`: the base URL for Anthropic's and Google's clients; OpenAI's wants `/v1` after it. */
  readonly url: string;
  /** The latest requests, oldest first. */
  readonly requests: readonly ReceivedRequest[];
  /** Stops listening and closes every connection, answered or not. */
  close(): Promise<void>;
}

/**
 * Starts a server that speaks the wire protocols of OpenAI (Chat Completions, Responses, Embeddings,
 * Completions), Anthropic (Messages) and Google (Gemini) and answers with what the script says.
 *
 * @throws Error when the address cannot be listened on.
 */
export async function startModelServer(options: ModelServerOptions): Promise<ModelServer> {
  const { script, port = 0, host = '127.0.0.1', apiKey, rememberRequests = 1000 } = options;
  const requests: ReceivedRequest[] = [];
  let asked = 0;
  const exchange = {
    script,
    apiKey,
    nextId: countIds(),
    nextIndex: () => asked++,
    remember: (request: ReceivedRequest) => remember(requests, request, rememberRequests),
  };
  const server = createServer((incoming, response) => {
    handle(incoming, response, exchange).catch(() => response.destroy());
  });
  server.listen(port, host);
  await once(server, 'listening').catch((cause: Error) => {
    throw new Error(
      `The model server cannot listen on ${host}:${port} (${cause.message}). Free the port or choose another; 0 takes any.`,
      { cause },
    );
  });
  const close = async () => {
    if (!server.listening) return;
    const closed = once(server, 'close');
    server.close();
    server.closeAllConnections();
    await closed;
  };
  return { url: urlOf(server.address() as AddressInfo), requests, close, [Symbol.asyncDispose]: close };
}

function urlOf({ address, family, port }: AddressInfo): string {
  return `http://${family === 'IPv6' ? `[${address}]` : address}:${port}`;
}
