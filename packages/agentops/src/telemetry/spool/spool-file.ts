import {
  appendFileSync,
  closeSync,
  constants,
  openSync,
  readFileSync,
  readSync,
  renameSync,
  rmSync,
  truncateSync,
  utimesSync,
  writeSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { newFileName, releasedName } from './owner.ts';
import { decodeRecord, doneMark, type SpoolRecord, scanRecords } from './record.ts';

const { O_APPEND, O_RDWR, O_WRONLY } = constants;

/**
 * One append-only file of this process and the index of the records in it that wait. It is opened anew for each
 * access: under a process that was taken for dead it may have been renamed, and must then not be written to.
 */
export class SpoolFile {
  readonly path: string;
  /** Records that wait, oldest first. */
  readonly #waiting: SpoolRecord[];
  #size: number;

  private constructor(path: string, waiting: SpoolRecord[], size: number) {
    this.path = path;
    this.#waiting = waiting;
    this.#size = size;
  }

  static create(directory: string, exporter: string): SpoolFile {
    const path = join(directory, newFileName(exporter));
    closeSync(openSync(path, 'wx', 0o600));
    return new SpoolFile(path, [], 0);
  }

  /** Takes over the file of another process; undefined where a third one was quicker. */
  static claim(path: string, exporter: string): { file: SpoolFile; damaged: number } | undefined {
    const own = join(dirname(path), newFileName(exporter));
    try {
      renameSync(path, own);
    } catch (error) {
      if (isMissing(error)) return undefined;
      throw error;
    }
    const content = readFileSync(own);
    const { waiting, damaged } = scanRecords(content);
    return { file: new SpoolFile(own, waiting, content.length), damaged };
  }

  /** In bytes, those done with included. */
  get size(): number {
    return this.#size;
  }

  get oldest(): SpoolRecord | undefined {
    return this.#waiting[0];
  }

  /** How many wait. */
  get records(): number {
    return this.#waiting.length;
  }

  /** Of the records that wait. */
  get spans(): number {
    return this.#waiting.reduce((sum, record) => sum + record.spans, 0);
  }

  /** All of the record or, where there is no room for it, nothing. */
  append(bytes: Buffer, spans: number, written: number): void {
    const file = openSync(this.path, O_WRONLY | O_APPEND);
    try {
      appendFileSync(file, bytes);
    } catch (error) {
      truncateSync(this.path, this.#size);
      throw error;
    } finally {
      closeSync(file);
    }
    this.#waiting.push({ offset: this.#size, length: bytes.length, spans, written });
    this.#size += bytes.length;
  }

  /** The request in `record`; undefined where it cannot be read any more. */
  read({ offset, length }: SpoolRecord): Buffer | undefined {
    return this.#open((file) => {
      const bytes = Buffer.allocUnsafe(length);
      return decodeRecord(bytes.subarray(0, readSync(file, bytes, 0, length, offset)));
    });
  }

  /** Strikes `record` out, in the file as well; false where it was not there any more. */
  strike(record: SpoolRecord): boolean {
    if (!this.forget(record)) return false;
    if (this.#waiting.length > 0) this.markDone(record);
    return true;
  }

  /** Takes `record` for done with, but leaves it in the file; false where it was not there any more. */
  forget(record: SpoolRecord): boolean {
    const index = this.#waiting.indexOf(record);
    if (index === -1) return false;
    this.#waiting.splice(index, 1);
    return true;
  }

  /** Keeps other processes from sending what is in `record`. */
  markDone(record: SpoolRecord): void {
    const { byte, at } = doneMark(record);
    this.#open((file) => writeSync(file, byte, 0, 1, at));
  }

  /** Shows other hosts that the file's owner lives. */
  touch(): void {
    const now = new Date();
    this.#attempt(() => utimesSync(this.path, now, now));
  }

  /** Lets the next process have it. */
  release(): void {
    this.#attempt(() => renameSync(this.path, join(dirname(this.path), releasedName(basename(this.path)))));
  }

  /** Deletes the file and forgets what was in it. */
  remove(): void {
    this.#waiting.length = 0;
    this.#attempt(() => rmSync(this.path, { force: true }));
  }

  #open<T>(use: (file: number) => T): T | undefined {
    return this.#attempt(() => {
      const file = openSync(this.path, O_RDWR);
      try {
        return use(file);
      } finally {
        closeSync(file);
      }
    });
  }

  /** What fails here costs nothing but a record that is sent twice, or is found to be unreadable. */
  #attempt<T>(work: () => T): T | undefined {
    try {
      return work();
    } catch {
      return undefined;
    }
  }
}

export function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT';
}
