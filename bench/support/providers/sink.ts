import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { gunzipSync } from 'node:zlib';
import { decodeTraces, encodeExportResponse, type OtlpContentType } from '@agentops/otlp';
import { MARKS } from './cases.ts';

/** What has arrived at the sink. */
export interface Received {
  readonly requests: number;
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
  readonly url: string;
  /** What has arrived since it was last asked. */
  received(): Received;
}

/** Takes whatever is posted, whatever the path, and looks at it only when it is asked, so that nobody waits for that. */
export async function startSink(): Promise<Sink> {
  let bodies: Body[] = [];
  const server = createServer(async (request, response) => {
    const bytes = await buffer(request);
    const type = request.headers['content-type']?.includes('json')
      ? 'application/json'
      : 'application/x-protobuf';
    const isCompressed = request.headers['content-encoding'] === 'gzip';
    bodies.push({ path: request.url ?? '', type, bytes: isCompressed ? gunzipSync(bytes) : bytes });
    response.setHeader('content-type', type).end(encodeExportResponse(type));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    received() {
      const taken = bodies;
      bodies = [];
      return {
        requests: taken.length,
        bytes: total(taken, ({ bytes }) => bytes.length),
        spans: total(taken, spansIn),
        questions: total(taken, ({ bytes }) => occurrences(bytes, MARKS.question)),
        answers: total(taken, ({ bytes }) => occurrences(bytes, MARKS.answer)),
      };
    },
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

function total<Item>(items: readonly Item[], of: (item: Item) => number): number {
  return items.reduce((sum, item) => sum + of(item), 0);
}
