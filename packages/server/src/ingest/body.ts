import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { Refusal } from '../http/refusal.ts';

/** What a body may cost. */
export interface BodyLimits {
  /** Most bytes on the wire, and after decompression. */
  bytes: number;
  /** Told of every decompressed piece before it is kept; throws to stop. */
  take(bytes: number): void;
}

/**
 * Reads a request body, decompressing it as it arrives, so that a small body that unpacks to a large one costs
 * no more than the limit.
 *
 * @param contentEncoding the request's `Content-Encoding`: `gzip`, `identity` or absent.
 * @throws {Refusal} 413 past the limit, 415 for another encoding, 400 for broken gzip, and what `take` throws.
 */
export async function readBody(
  source: Readable,
  contentEncoding: string | undefined,
  { bytes, take }: BodyLimits,
): Promise<Buffer> {
  const compressed = isGzip(contentEncoding);
  const collect = async (chunks: AsyncIterable<Buffer>) => {
    const kept: Buffer[] = [];
    for await (const chunk of upTo(bytes, chunks)) {
      take(chunk.length);
      kept.push(chunk);
    }
    return Buffer.concat(kept);
  };
  return readFrom(source, (wire) =>
    compressed ? pipeline(upTo(bytes, wire), createGunzip(), collect) : collect(wire),
  );
}

/** Reads a request body to its end and keeps none of it. */
export async function discardBody(source: Readable, limit: number): Promise<void> {
  await readFrom(source, async (wire) => {
    for await (const _chunk of upTo(limit, wire));
  });
}

async function readFrom<T>(source: Readable, read: (wire: AsyncIterable<Buffer>) => Promise<T>): Promise<T> {
  try {
    // Destroying a request destroys its socket, and with it the answer: stopping early must leave it alone.
    return await read(source.iterator({ destroyOnReturn: false }));
  } catch (error) {
    if (source.readableAborted)
      throw new Refusal(400, 'aborted', 'The connection ended before the body did.');
    // What was not read must still leave the connection, or the next request on it is never seen.
    source.resume();
    throw isZlibError(error) ? new Refusal(400, 'malformed', 'The body is not valid gzip.') : error;
  }
}

async function* upTo(limit: number, chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer, void> {
  let bytes = 0;
  for await (const chunk of chunks) {
    bytes += chunk.length;
    if (bytes > limit) {
      throw new Refusal(413, 'too_large', `The body is larger than ${limit} bytes. Send smaller batches.`);
    }
    yield chunk;
  }
}

function isGzip(contentEncoding = 'identity'): boolean {
  const encoding = contentEncoding.trim().toLowerCase();
  if (encoding === 'gzip' || encoding === 'x-gzip') return true;
  if (encoding === 'identity' || encoding === '') return false;
  throw new Refusal(
    415,
    'unsupported_encoding',
    `Content-Encoding ${JSON.stringify(contentEncoding)} is not supported. Use gzip, or send the body as it is.`,
    { headers: { 'accept-encoding': 'gzip, identity' } },
  );
}

function isZlibError(error: unknown): boolean {
  return error instanceof Error && 'code' in error && String(error.code).startsWith('Z_');
}
