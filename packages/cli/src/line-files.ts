import { once } from 'node:events';
import { createReadStream } from 'node:fs';
import { open, rename, rm } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { createGunzip, createGzip } from 'node:zlib';
import { CommandFailure } from './failure.ts';

/** Fast: a dump is made to be there, not to be small. */
const COMPRESSION_LEVEL = 3;
const GZIP_MAGIC = 0x1f8b;

/** The lines of a text file, plain or gzip, read as they are asked for. Rejects where it cannot be opened. */
export async function readLines(path: string): Promise<AsyncIterable<string>> {
  return linesOf(path, await isGzip(path));
}

async function* linesOf(path: string, compressed: boolean): AsyncGenerator<string> {
  const source = compressed ? unzipped(path) : createReadStream(path);
  const decoder = new TextDecoder();
  // Node's own reader of lines also splits at U+2028, which may stand in JSON.
  let pieces: string[] = [];
  for await (const chunk of source) {
    const [first = '', ...rest] = decoder.decode(chunk as Buffer, { stream: true }).split('\n');
    pieces.push(first);
    for (const next of rest) {
      yield pieces.join('');
      pieces = [next];
    }
  }
  const last = pieces.join('') + decoder.decode();
  if (last !== '') yield last;
}

async function* unzipped(path: string): AsyncGenerator<Buffer> {
  const gunzip = createGunzip();
  // Its failure is that of `gunzip`, which whoever reads is told.
  pipeline(createReadStream(path), gunzip).catch(() => {});
  try {
    yield* gunzip;
  } catch (cause) {
    throw new CommandFailure(`${path} is damaged, or has been cut short`, { cause });
  }
}

/**
 * Writes a gzip file with what `produce` hands to `write`. The file appears under its name once it is whole, and only its
 * owner may read it.
 */
export async function writeGzip<T>(
  path: string,
  produce: (write: (text: string) => Promise<void>) => Promise<T>,
): Promise<T> {
  const partial = `${path}.partial`;
  const gzip = createGzip({ level: COMPRESSION_LEVEL });
  const file = await open(partial, 'w', 0o600).catch((cause: unknown) => {
    throw new CommandFailure(`${path} cannot be written`, { cause });
  });
  const written = pipeline(gzip, file.createWriteStream());
  written.catch(() => {});
  try {
    const result = await produce(async (text) => {
      if (!gzip.write(text)) await Promise.race([once(gzip, 'drain'), written]);
    });
    gzip.end();
    await written;
    await rename(partial, path);
    return result;
  } catch (error) {
    gzip.destroy();
    await written.catch(() => {});
    await rm(partial, { force: true });
    throw error;
  }
}

async function isGzip(path: string): Promise<boolean> {
  const file = await open(path).catch((cause: unknown) => {
    throw new CommandFailure(`${path} cannot be read`, { cause });
  });
  try {
    const { buffer } = await file.read(Buffer.alloc(2), 0, 2, 0);
    return buffer.readUInt16BE() === GZIP_MAGIC;
  } finally {
    await file.close();
  }
}
