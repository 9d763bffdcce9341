import { once } from 'node:events';
import { Readable } from 'node:stream';
import { shutdown, tool } from 'agentops';
import { afterEach, describe, expect, it } from 'vitest';
import { startRecording } from '../support/recording.ts';
import { ended, resultOf } from './support/work.ts';

afterEach(() => shutdown());

describe('work that goes on in a stream (S6)', () => {
  it('ends with a web stream that is read, cancelled or broken', async () => {
    const recording = startRecording();
    const read = tool('work', () => ReadableStream.from(['a', 'b']));
    expect(await Array.fromAsync(read)).toEqual(['a', 'b']);
    expect(await resultOf(recording)).toBe('"ab"');

    const reasons: unknown[] = [];
    const cancelled = tool(
      'cancelled',
      () => new ReadableStream({ cancel: (reason) => void reasons.push(reason) }),
    );
    await cancelled.cancel('enough');
    expect(reasons).toEqual(['enough']);
    expect((await recording.span('execute_tool cancelled')).status.code).toBe(0);

    const error = new Error('cut off');
    const broken = tool(
      'broken',
      () => new ReadableStream({ start: (controller) => controller.error(error) }),
    );
    await expect(Array.fromAsync(broken)).rejects.toBe(error);
    expect((await recording.span('execute_tool broken')).status.message).toBe('cut off');
  });

  it('ends with a Node stream, which stays the same object', async () => {
    const recording = startRecording();
    const source = Readable.from(['a', 'b']);
    const result = tool('work', () => source);
    expect(result).toBe(source);
    expect(await Array.fromAsync(result)).toEqual(['a', 'b']);
    expect((await ended(recording))?.status.code).toBe(0);

    const broken = tool('broken', () => new Readable({ read() {} }));
    const failed = once(broken, 'error');
    broken.destroy(new Error('cut off'));
    await failed;
    expect((await recording.span('execute_tool broken')).status.message).toBe('cut off');
  });

  it('ends at once with a Node stream that was closed before', async () => {
    const recording = startRecording();
    const source = new Readable({ read() {} });
    source.destroy();
    await once(source, 'close');
    tool('work', () => source);

    expect(await ended(recording)).toBeDefined();
  });
});

describe('byte streams (S6)', () => {
  /** Serves only consumers that bring a buffer of their own. */
  const bufferFiller = (chunks: number[][]): ReadableStream =>
    new ReadableStream({
      type: 'bytes',
      pull(controller) {
        const request = controller.byobRequest as ReadableStreamBYOBRequest;
        const chunk = chunks.shift() ?? [];
        if (chunk.length === 0) controller.close();
        else (request.view as Uint8Array).set(chunk);
        request.respond(chunk.length);
      },
    });

  it('fill the buffers that their consumer brings', async () => {
    const recording = startRecording();
    const reader = tool('work', () => bufferFiller([[1, 2, 3], [4]])).getReader({ mode: 'byob' });
    const seen: unknown[] = [];
    for (;;) {
      const { done, value } = await reader.read(new Uint8Array(8));
      if (done) break;
      seen.push([...value]);
    }

    expect(seen).toEqual([[1, 2, 3], [4]]);
    expect(await resultOf(recording)).toBe('"[ReadableStream of 4 bytes]"');
  });

  it('give their chunks to a consumer that brings none, also in turns', async () => {
    const recording = startRecording();
    const source = new ReadableStream({
      type: 'bytes',
      start(controller) {
        for (const byte of [1, 2, 3]) controller.enqueue(new Uint8Array([byte, byte]));
        controller.close();
      },
    });
    const stream = tool('work', () => source);
    const own = stream.getReader({ mode: 'byob' });
    expect((await own.read(new Uint8Array(2))).value).toEqual(new Uint8Array([1, 1]));
    own.releaseLock();
    expect(await Array.fromAsync(stream)).toEqual([new Uint8Array([2, 2]), new Uint8Array([3, 3])]);

    expect(await resultOf(recording)).toBe('"[ReadableStream of 6 bytes]"');
  });

  it('are cancelled and fail with their consumer and source', async () => {
    const recording = startRecording();
    const reasons: unknown[] = [];
    const cancelled = tool(
      'cancelled',
      () => new ReadableStream({ type: 'bytes', cancel: (reason) => void reasons.push(reason) }),
    );
    const reader = cancelled.getReader({ mode: 'byob' });
    const waiting = reader.read(new Uint8Array(1));
    await reader.cancel('enough');
    expect(reasons).toEqual(['enough']);
    expect((await waiting).done).toBe(true);
    expect((await recording.span('execute_tool cancelled')).status.code).toBe(0);

    const error = new Error('cut off');
    const broken = tool(
      'broken',
      () => new ReadableStream({ type: 'bytes', start: (controller) => controller.error(error) }),
    );
    await expect(Array.fromAsync(broken)).rejects.toBe(error);
    expect((await recording.span('execute_tool broken')).status.message).toBe('cut off');
  });
});
