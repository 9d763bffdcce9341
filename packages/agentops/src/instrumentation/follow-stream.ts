import { errorMonitor } from 'node:events';
import type { Readable } from 'node:stream';
import type { Outcome } from './outcome.ts';
import { StreamedOutput } from './streamed-output.ts';

type ByteStream = ReadableStream<Uint8Array<ArrayBuffer>>;

/** Listening for `error` itself would keep an unhandled one from crashing the program as it should. */
export function followReadable(stream: Readable, outcome: Outcome): Readable {
  if (stream.closed) outcome.succeed();
  stream.once('end', () => outcome.succeed());
  stream.once('close', () => outcome.succeed());
  stream.once(errorMonitor, (error: unknown) => outcome.fail(error));
  return stream;
}

/** A web stream cannot be watched from outside: the caller gets a stream of the same kind and chunks. */
export function followWebStream(stream: ReadableStream<unknown>, outcome: Outcome): ReadableStream<unknown> {
  if (stream.locked) {
    outcome.succeed();
    return stream;
  }
  return isByteStream(stream) ? followByteStream(stream, outcome) : followChunkStream(stream, outcome);
}

function followChunkStream(stream: ReadableStream<unknown>, outcome: Outcome): ReadableStream<unknown> {
  const output = new StreamedOutput();
  const reader = stream.getReader();
  return new ReadableStream<unknown>(
    {
      async pull(controller) {
        try {
          const { done, value } = await reader.read();
          if (done) {
            outcome.succeed(output.value);
            controller.close();
          } else {
            output.add(value);
            controller.enqueue(value);
          }
        } catch (error) {
          outcome.fail(error);
          controller.error(error);
        }
      },
      async cancel(reason) {
        outcome.succeed(output.value);
        await reader.cancel(reason);
      },
    },
    { highWaterMark: 0 },
  );
}

/**
 * Each chunk is taken in the way the consumer asks for it, with a buffer of its own or without: a byte source may serve
 * only one of the two. Passing a chunk on detaches it, so that its size is all that is kept.
 */
function followByteStream(stream: ByteStream, outcome: Outcome): ByteStream {
  let bytes = 0;
  let reader: ReadableStreamDefaultReader<Uint8Array<ArrayBuffer>> | ReadableStreamBYOBReader =
    stream.getReader();
  const read = (wanted: ArrayBufferView | null | undefined) => {
    reader.releaseLock();
    if (wanted) {
      const filler = stream.getReader({ mode: 'byob' });
      reader = filler;
      return filler.read(new Uint8Array(wanted.byteLength));
    }
    const taker = stream.getReader();
    reader = taker;
    return taker.read();
  };
  const succeed = (): void => outcome.succeed(`[ReadableStream of ${bytes} bytes]`);
  return new ReadableStream({
    type: 'bytes',
    async pull(controller) {
      try {
        const { done, value } = await read(controller.byobRequest?.view);
        if (done) {
          succeed();
          controller.close();
          controller.byobRequest?.respond(0);
        } else {
          bytes += value.byteLength;
          controller.enqueue(value);
        }
      } catch (error) {
        outcome.fail(error);
        controller.error(error);
      }
    },
    async cancel(reason) {
      succeed();
      await reader.cancel(reason);
    },
  });
}

/** Only a byte stream gives a reader that brings its own buffers. */
function isByteStream(stream: ReadableStream<unknown>): stream is ByteStream {
  try {
    stream.getReader({ mode: 'byob' }).releaseLock();
    return true;
  } catch {
    return false;
  }
}
