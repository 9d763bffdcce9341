import { closeSync, fstatSync, openSync, readSync, writeSync } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { dirname } from 'node:path';
import { JsonTraceSerializer } from '@opentelemetry/otlp-transformer';
import type { ReadableSpan } from '@opentelemetry/sdk-trace';
import { messageOf } from '../failure.ts';
import { makeDirectory } from '../make-directory.ts';
import { withReadableTimes } from './readable-times.ts';
import type { SendResult } from './sender.ts';
import type { ExitRoute, Wire } from './wire.ts';

const NEWLINE = 0x0a;

/** Content may be in it: for the user alone. */
const MODE = 0o600;

/**
 * Batches as lines of OTLP JSON, one request a line, as the OpenTelemetry Collector's file exporter writes them and its
 * otlpjsonfile receiver reads them. The file is opened for each batch, so it can be moved away or deleted at any time,
 * and several processes may append to it.
 */
export class FileWire implements Wire {
  readonly atExit: ExitRoute = { by: 'caller', post: (request) => this.#writeNow(request) };
  readonly #path: string;
  #closed = false;

  constructor(path: string) {
    this.#path = path;
  }

  encode(batch: readonly ReadableSpan[]): Uint8Array | undefined {
    const line = JsonTraceSerializer.serializeRequest(withReadableTimes(batch));
    return line && Buffer.concat([line, Buffer.of(NEWLINE)]);
  }

  /** No line is too long for a file. */
  halve(): undefined {}

  async post(request: Uint8Array, signal: AbortSignal): Promise<SendResult> {
    try {
      signal.throwIfAborted();
      if (this.#closed) throw new Error('the exporter was shut down');
      await using file = await this.#open(() => open(this.#path, 'a+', MODE));
      await writeAll(file, (await isTorn(file)) ? startingOnNewLine(request) : request);
      return { outcome: 'delivered' };
    } catch (error) {
      return this.#failed(error);
    }
  }

  close(): void {
    this.#closed = true;
  }

  #writeNow(request: Uint8Array): SendResult {
    try {
      const file = openNow(this.#path);
      try {
        const bytes = isTornNow(file) ? startingOnNewLine(request) : request;
        for (let at = 0; at < bytes.length; ) at += writeSync(file, bytes, at);
      } finally {
        closeSync(file);
      }
      return { outcome: 'delivered' };
    } catch (error) {
      return this.#failed(error);
    }
  }

  #open(openFile: () => Promise<FileHandle>): Promise<FileHandle> {
    return openFile().catch((error: unknown) => {
      if (!isMissingDirectory(error)) throw error;
      makeDirectory(dirname(this.#path));
      return openFile();
    });
  }

  /** A disk that is full or a directory that is gone may be put right. */
  #failed(error: unknown): SendResult {
    return { outcome: 'retry', message: `cannot write to ${this.#path}: ${messageOf(error)}` };
  }
}

function openNow(path: string): number {
  try {
    return openSync(path, 'a+', MODE);
  } catch (error) {
    if (!isMissingDirectory(error)) throw error;
    makeDirectory(dirname(path));
    return openSync(path, 'a+', MODE);
  }
}

async function writeAll(file: FileHandle, bytes: Uint8Array): Promise<void> {
  for (let at = 0; at < bytes.length; ) at += (await file.write(bytes, at)).bytesWritten;
}

/** Whether the last line has no end, as when a process was killed while it wrote. */
async function isTorn(file: FileHandle): Promise<boolean> {
  const { size } = await file.stat();
  if (size === 0) return false;
  const { buffer } = await file.read(Buffer.alloc(1), 0, 1, size - 1);
  return buffer[0] !== NEWLINE;
}

function isTornNow(file: number): boolean {
  const { size } = fstatSync(file);
  const last = Buffer.alloc(1);
  return size > 0 && readSync(file, last, 0, 1, size - 1) === 1 && last[0] !== NEWLINE;
}

function startingOnNewLine(line: Uint8Array): Uint8Array {
  return Buffer.concat([Buffer.of(NEWLINE), line]);
}

function isMissingDirectory(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT';
}
