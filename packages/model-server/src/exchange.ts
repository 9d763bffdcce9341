import type { IncomingMessage, ServerResponse } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { anthropic } from './anthropic/dialect.ts';
import { type Addressee, type Delivery, deliverAnswer, deliverError } from './delivery.ts';
import type { Dialect } from './dialect.ts';
import { RequestRefused, reportOf } from './errors.ts';
import { google } from './google/dialect.ts';
import { isGooglePath } from './google/path.ts';
import type { NextId } from './ids.ts';
import { isJsonObject, parseJson } from './json.ts';
import { openai } from './openai/dialect.ts';
import type { Outcome, ReceivedRequest } from './received.ts';
import type { Script } from './script.ts';
import { transmit } from './transmit.ts';

/** What the requests to one server share. */
export interface Exchange {
  script: Script;
  apiKey: string | undefined;
  nextId: NextId;
  /** The number of the next request that reaches the script. */
  nextIndex: () => number;
  remember: (request: ReceivedRequest) => void;
}

/** Takes one request from its first byte to the last of its answer. Rejects only if the request itself breaks off. */
export async function handle(
  incoming: IncomingMessage,
  response: ServerResponse,
  exchange: Exchange,
): Promise<void> {
  const gone = new AbortController();
  const ended = Promise.withResolvers<Outcome>();
  let delivery: Delivery | undefined;
  response.once('close', () => {
    gone.abort();
    const unfinished = delivery?.ending === 'cut' ? 'cut' : 'abandoned';
    ended.resolve(response.writableFinished ? 'complete' : unfinished);
  });

  const body = await buffer(incoming);
  const { method = '', url = '', headers } = incoming;
  const request = {
    method,
    path: url,
    headers,
    body,
    json: parseJson(body.toString()),
    outcome: ended.promise,
  };
  exchange.remember(request);
  delivery = await answer(request, exchange);
  await transmit(delivery, response, gone.signal);
}

async function answer(request: ReceivedRequest, exchange: Exchange): Promise<Delivery> {
  const dialect = dialectOf(request);
  const to = { dialect, requestId: exchange.nextId('req_') };
  try {
    return await askScript(request, to, exchange);
  } catch (error) {
    return deliverError(reportOf(error), to);
  }
}

async function askScript(request: ReceivedRequest, to: Addressee, exchange: Exchange): Promise<Delivery> {
  const { dialect } = to;
  const path = pathname(request);
  const route = dialect.route?.(request.method, path) ?? `${request.method} ${path}`;
  const endpoint = dialect.endpoints[route];
  if (!endpoint) throw new RequestRefused(dialect.notFound(request.method, path));
  const credential = dialect.credential(request.headers);
  if (exchange.apiKey !== undefined && credential !== exchange.apiKey) {
    throw new RequestRefused(dialect.unauthorized(credential));
  }
  if (!isJsonObject(request.json)) {
    throw new RequestRefused({ status: 400, message: 'The body of the request is not a JSON object.' });
  }
  const modelRequest = {
    ...endpoint.read(request.json, path),
    index: exchange.nextIndex(),
    body: request.json,
  };
  const reply = await exchange.script(modelRequest);
  return deliverAnswer(endpoint.render(modelRequest, reply, exchange.nextId), reply, to);
}

/** An unknown path belongs to the provider whose client asks for it: Anthropic's names a protocol version. */
function dialectOf(request: ReceivedRequest): Dialect {
  const path = pathname(request);
  if (isGooglePath(path)) return google;
  return 'anthropic-version' in request.headers || path.startsWith('/v1/messages') ? anthropic : openai;
}

function pathname({ path }: ReceivedRequest): string {
  return path.split('?', 1)[0] ?? path;
}
