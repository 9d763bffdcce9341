import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { AgentOpsError } from '../../errors.ts';
import type { Reporter } from '../../reporter.ts';
import { messageOf } from '../failure.ts';
import { makeDirectory } from '../make-directory.ts';
import type { DropReason, Ledger } from '../processors/ledger.ts';
import { isAbandoned, isFileOf } from './owner.ts';
import { encodeRecord, type SpoolRecord } from './record.ts';
import { isMissing, SpoolFile } from './spool-file.ts';

/** What no destination has taken in this time is not waited for any longer. */
const MAX_AGE_MS = 7 * 24 * 60 * 60 * 1000;

/** A disk that has just failed is left alone for this long. */
const FAILURE_PAUSE_MS = 30_000;

/** The oldest file goes when the spool is full: this many files make up a full one. */
const FILES_OF_FULL_SPOOL = 32;

export interface SpoolOptions {
  /** Of the service; other processes may use it at the same time. */
  readonly directory: string;
  /** What was meant for one exporter is never sent by another. */
  readonly exporter: string;
  /** All files of this exporter together, also those of other processes. */
  readonly maxBytes: number;
  readonly ledger: Ledger;
  readonly reporter: Reporter;
}

/** A batch that waits on disk, as the request that carries it. */
export interface SpooledBatch {
  readonly request: Uint8Array;
  readonly spans: number;
  /** @internal */
  readonly file: SpoolFile;
  /** @internal */
  readonly record: SpoolRecord;
}

/** What waits in a spool. */
export interface SpoolDepth {
  /** Of the files, records that are done with included. */
  readonly bytes: number;
  /** Batches that wait. */
  readonly records: number;
  /** When the oldest of them was written, in ms since the epoch. */
  readonly oldest: number | undefined;
}

/**
 * One exporter's batches on disk: written by this process, or left by earlier ones and taken over. Reads and writes
 * synchronously, so that it works in the exit handler. Never throws.
 */
export class Spool {
  readonly #options: SpoolOptions;
  /** This process's, oldest first. */
  #files: SpoolFile[] = [];
  /** The one that is appended to. */
  #newest: SpoolFile | undefined;
  #failedAt = Number.NEGATIVE_INFINITY;
  /** Whether others had left nothing when last looked for. */
  #hasLooked = false;
  #closed = false;

  constructor(options: SpoolOptions) {
    this.#options = options;
  }

  /** False where an append would be in vain: the disk has just failed, or the spool is closed. */
  get isWritable(): boolean {
    return !this.#closed && performance.now() - this.#failedAt > FAILURE_PAUSE_MS;
  }

  /** Of the files this process works with; those of other processes are theirs to tell of. */
  get depth(): SpoolDepth {
    const files = this.#files;
    const oldest = files.reduce((time, file) => Math.min(time, file.oldest?.written ?? time), Infinity);
    return {
      bytes: files.reduce((sum, file) => sum + file.size, 0),
      records: files.reduce((sum, file) => sum + file.records, 0),
      oldest: Number.isFinite(oldest) ? oldest : undefined,
    };
  }

  /** Keeps a request that carries `spans` spans. False where it could not be kept; the caller then has lost them. */
  append(request: Uint8Array, spans: number): boolean {
    if (!this.isWritable) return false;
    const { directory, exporter, ledger } = this.#options;
    try {
      const written = Date.now();
      const bytes = encodeRecord(request, spans, written);
      makeDirectory(directory);
      if (!this.#makeRoom(bytes.length)) return false;
      if (!this.#appendToNewest(bytes, spans, written)) {
        const file = SpoolFile.create(directory, exporter);
        this.#files.push(file);
        file.append(bytes, spans, written);
        this.#newest = file;
      }
      ledger.spooled += spans;
      return true;
    } catch (error) {
      this.#fail(error);
      return false;
    }
  }

  /** The next batch to send; it stays until it is settled. Takes over what ended processes have left. */
  next(): SpooledBatch | undefined {
    if (this.#closed) return undefined;
    for (let file = this.#first(); file !== undefined; file = this.#first()) {
      const record = file.oldest;
      if (record === undefined) {
        this.#remove(file);
        continue;
      }
      const isExpired = Date.now() - record.written > MAX_AGE_MS;
      const request = isExpired ? undefined : file.read(record);
      if (request !== undefined) return { request, spans: record.spans, file, record };
      if (isExpired) this.#lose(file, record, 'spool_expired', 'they have waited for seven days');
      else this.#lose(file, record, 'spool_unreadable', `${file.path} was damaged or taken away`);
    }
    return undefined;
  }

  /** Takes `batch` out, whatever became of it. False where it was lost in the meantime, and is counted as such. */
  settle({ file, record }: SpooledBatch): boolean {
    if (!file.strike(record)) return false;
    this.#options.ledger.spooled -= record.spans;
    if (file.oldest === undefined) this.#remove(file);
    return true;
  }

  /**
   * Puts `parts` in the place of `batch`; without any, it is taken out. Returns how many of its spans are lost: those of
   * parts that could not be kept.
   */
  replace({ file, record }: SpooledBatch, parts: readonly { request: Uint8Array; spans: number }[]): number {
    if (!file.forget(record)) return 0;
    this.#options.ledger.spooled -= record.spans;
    let kept = 0;
    for (const { request, spans } of parts) if (this.append(request, spans)) kept += spans;
    // Only now: a process that is killed in between leaves them twice, and not none.
    file.markDone(record);
    if (file.oldest === undefined) this.#remove(file);
    return record.spans - kept;
  }

  /**
   * To be called more often than once a minute: shows other hosts that this process lives, and lets `next` look again
   * for what others have left.
   */
  tend(): void {
    this.#hasLooked = false;
    for (const file of this.#files) file.touch();
  }

  /** Leaves what is in it to the next process. */
  close(): void {
    this.#closed = true;
    for (const file of this.#files.splice(0)) {
      if (file.oldest === undefined) file.remove();
      else file.release();
    }
  }

  /** False where there is no such file, it is large enough, or somebody has taken it away. */
  #appendToNewest(bytes: Buffer, spans: number, written: number): boolean {
    const file = this.#newest;
    this.#newest = undefined;
    const limit = this.#options.maxBytes / FILES_OF_FULL_SPOOL;
    if (file === undefined || file.size + bytes.length > limit) return false;
    try {
      file.append(bytes, spans, written);
    } catch (error) {
      if (isMissing(error)) return false;
      throw error;
    }
    this.#newest = file;
    return true;
  }

  #first(): SpoolFile | undefined {
    return this.#files[0] ?? this.#takeOver();
  }

  /** Claims one file that nobody works with any more. */
  #takeOver(): SpoolFile | undefined {
    if (this.#hasLooked) return undefined;
    const { exporter, ledger, reporter } = this.#options;
    try {
      for (const { path, name } of this.#listing()) {
        if (!isAbandoned(path, name)) continue;
        const claimed = SpoolFile.claim(path, exporter);
        if (claimed === undefined) continue;
        const { file, damaged } = claimed;
        this.#files.push(file);
        ledger.recovered += file.spans;
        ledger.spooled += file.spans;
        for (let n = 0; n < damaged; n += 1) {
          const message = `exporter ${exporter}: a damaged record in ${file.path} was skipped`;
          reporter.error(new AgentOpsError('spool_damaged', message));
        }
        return file;
      }
    } catch (error) {
      if (!isMissing(error)) this.#fail(error);
    }
    this.#hasLooked = true;
    return undefined;
  }

  /** Gives up the oldest files until `length` bytes more are within the limit; false where they never will be. */
  #makeRoom(length: number): boolean {
    const { maxBytes } = this.#options;
    if (length > maxBytes) return false;
    let total = this.#listing().reduce((sum, { path }) => sum + sizeOf(path), 0);
    while (total + length > maxBytes) {
      const file = this.#takeOver() ?? this.#files[0];
      if (file === undefined) return false;
      total -= file.size;
      const spans = file.spans;
      this.#remove(file);
      this.#drop(
        spans,
        'spool_full',
        `${this.#options.directory} has reached ${maxBytes} bytes; raise spool.maxBytes`,
      );
    }
    return true;
  }

  #listing(): { readonly path: string; readonly name: string }[] {
    const { directory, exporter } = this.#options;
    return readdirSync(directory)
      .filter((name) => isFileOf(exporter, name))
      .map((name) => ({ path: join(directory, name), name }));
  }

  #lose(file: SpoolFile, record: SpoolRecord, reason: DropReason, why: string): void {
    file.strike(record);
    this.#drop(record.spans, reason, why);
  }

  #drop(spans: number, reason: DropReason, why: string): void {
    if (spans === 0) return;
    const { ledger } = this.#options;
    ledger.spooled -= spans;
    ledger.drop(spans, reason, why);
  }

  #remove(file: SpoolFile): void {
    file.remove();
    this.#files = this.#files.filter((other) => other !== file);
    if (this.#newest === file) this.#newest = undefined;
  }

  /** Reported the first time; a disk that has failed is likely to go on failing. */
  #fail(error: unknown): void {
    const { directory, exporter, reporter } = this.#options;
    const isFirst = this.#failedAt === Number.NEGATIVE_INFINITY;
    this.#failedAt = performance.now();
    if (!isFirst) return;
    const message = `exporter ${exporter}: cannot keep spans in ${directory}: ${messageOf(error)}; spans that cannot be sent are dropped until it can be written to; make room there, or set spool.directory`;
    reporter.error(new AgentOpsError('spool_failed', message, { cause: error }));
  }
}

function sizeOf(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.size ?? 0;
}
