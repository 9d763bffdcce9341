import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { gunzipSync } from 'node:zlib';
import { decodeTraces, encodeExportResponse, type OtlpContentType } from '@agentops/otlp';
import { MARKS } from './cases.ts';

/** What has arrived at a sink. */
export interface Received {
  /** Of bodies, decompressed. */
  readonly bytes: number;
  /** Spans that are complete, those of calls and others. */
  readonly spans: number;
  /** How often the mark of the questions, and that of the answers, stands in the bodies. */
  readonly questions: number;
  readonly answers: number;
}

interface Body {
  readonly path: string;
  readonly type: OtlpContentType;
  readonly bytes: Buffer;
}

export interface Sink {
  /** `http://host:port`. */
  readonly url: string;
  /** What has arrived so far. */
  received(): Received;
}

const KEEP_ALIVE_MS = 600_000;

/** Takes whatever is posted, whatever the path, and looks at it only when it is asked, so that nobody waits for that. */
export async function startSink(): Promise<Sink> {
  let unread: Body[] = [];
  let received: Received = { bytes: 0, spans: 0, questions: 0, answers: 0 };
  const server = createServer(async (request, response) => {
    const body = await buffer(request);
    const isJson = request.headers['content-type']?.includes('json') === true;
    const type = isJson ? 'application/json' : 'application/x-protobuf';
    const bytes = request.headers['content-encoding'] === 'gzip' ? gunzipSync(body) : body;
    unread.push({ path: request.url ?? '', type, bytes });
    response.setHeader('content-type', type).end(encodeExportResponse(type));
  });
  // A contestant's next turn may come late, and some exporters do not survive that their connection was closed meanwhile.
  server.keepAliveTimeout = KEEP_ALIVE_MS;
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    received() {
      received = unread.reduce(withBody, received);
      unread = [];
      return received;
    },
  };
}

function withBody({ bytes, spans, questions, answers }: Received, body: Body): Received {
  return {
    bytes: bytes + body.bytes.length,
    spans: spans + spansIn(body),
    questions: questions + occurrences(body.bytes, MARKS.question),
    answers: answers + occurrences(body.bytes, MARKS.answer),
  };
}

function spansIn({ path, type, bytes }: Body): number {
  if (!path.endsWith('/traces')) return 0;
  return decodeTraces(bytes, type).rows.filter((row) => row.end_time !== null).length;
}

function occurrences(bytes: Buffer, text: string): number {
  let count = 0;
  for (let at = bytes.indexOf(text); at >= 0; at = bytes.indexOf(text, at + text.length)) count += 1;
  return count;
}
