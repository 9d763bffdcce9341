import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { gunzipSync } from 'node:zlib';

/** A span as Sentry streams it. */
export interface SentrySpan {
  readonly name: string;
  readonly trace_id: string;
  readonly span_id: string;
  readonly parent_span_id?: string;
}

export interface SentrySink extends AsyncDisposable {
  readonly dsn: string;
  readonly spans: readonly SentrySpan[];
}

/** Takes what Sentry's SDK sends. */
export async function startSentrySink(): Promise<SentrySink> {
  const spans: SentrySpan[] = [];
  const server = createServer(async (request, response) => {
    const body = await buffer(request);
    const isPacked = request.headers['content-encoding'] === 'gzip';
    spans.push(...spansIn((isPacked ? gunzipSync(body) : body).toString()));
    response.end('{}');
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    dsn: `http://${'0123456789abcdef'.repeat(2)}@127.0.0.1:${port}/1`,
    spans,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

/** An envelope is lines of JSON: headers, and payloads that have items. */
function spansIn(envelope: string): SentrySpan[] {
  return envelope.split('\n').flatMap((line) => {
    if (!line.startsWith('{')) return [];
    const { items = [] } = JSON.parse(line) as { items?: readonly Partial<SentrySpan>[] };
    return items.filter((item): item is SentrySpan => item.span_id !== undefined);
  });
}
