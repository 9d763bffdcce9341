import {
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statfsSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import type { SpoolConfig } from '../config/config.ts';
import { messageOf } from '../telemetry/failure.ts';
import { isFileOf } from '../telemetry/spool/owner.ts';
import { scanRecords } from '../telemetry/spool/record.ts';

/** What waits on disk for one exporter. */
export interface WaitingSpans {
  /** As it is called in the configuration. */
  readonly exporter: string;
  readonly spans: number;
  /** Batches. */
  readonly records: number;
  /** Records that cannot be read any more. */
  readonly damaged: number;
  /** Of the files, batches that were sent already included. */
  readonly bytes: number;
  /** When the oldest span was spooled, in milliseconds since the epoch. */
  readonly oldest?: number;
}

/** The spool of one service, as it lies on disk. */
export interface SpoolReport {
  readonly directory: string;
  /** Why nothing can be written there; undefined where it can. */
  readonly unwritable?: string;
  /** Bytes left on the disk. */
  readonly free?: number;
  readonly waiting: readonly WaitingSpans[];
}

/** Reads what waits, and whether more could be kept. Takes nothing out. Never throws. */
export function inspectSpool({ directory }: Pick<SpoolConfig, 'directory'>): SpoolReport {
  const names = namesIn(directory);
  const exporters = new Set(names.map(exporterOf).filter((name) => name !== undefined));
  const waiting = [...exporters].map((exporter) =>
    waitingFor(
      exporter,
      names.filter((name) => isFileOf(exporter, name)).map((name) => join(directory, name)),
    ),
  );
  const place = nearestExisting(directory);
  const unwritable = whyUnwritable(place);
  const free = freeBytes(place);
  return {
    directory,
    ...(unwritable !== undefined && { unwritable }),
    ...(free !== undefined && { free }),
    waiting: waiting.filter(({ spans, damaged }) => spans + damaged > 0),
  };
}

function waitingFor(exporter: string, paths: readonly string[]): WaitingSpans {
  const files = paths.map(read);
  const records = files.flatMap(({ waiting }) => waiting);
  const sum = (numbers: readonly number[]): number => numbers.reduce((total, number) => total + number, 0);
  return {
    exporter,
    spans: sum(records.map(({ spans }) => spans)),
    records: records.length,
    damaged: sum(files.map(({ damaged }) => damaged)),
    bytes: sum(files.map(({ bytes }) => bytes)),
    ...(records.length > 0 && { oldest: Math.min(...records.map(({ written }) => written)) }),
  };
}

/** A file that its process has just sent and deleted has nothing. */
function read(path: string) {
  try {
    const content = readFileSync(path);
    return { ...scanRecords(content), bytes: content.length };
  } catch {
    return { waiting: [], damaged: 0, bytes: 0 };
  }
}

function namesIn(directory: string): string[] {
  try {
    return readdirSync(directory);
  } catch {
    return [];
  }
}

function exporterOf(name: string): string | undefined {
  try {
    const exporter = decodeURIComponent(name.split(',')[0] ?? '');
    return isFileOf(exporter, name) ? exporter : undefined;
  } catch {
    return undefined;
  }
}

/** The spool is made when it is needed: until then what counts is the directory it would be made in. */
function nearestExisting(directory: string): string {
  return existsSync(directory) || dirname(directory) === directory
    ? directory
    : nearestExisting(dirname(directory));
}

/** By writing: rights alone know nothing of full and read-only disks. */
function whyUnwritable(place: string): string | undefined {
  try {
    if (!statSync(place).isDirectory()) return `${place} is no directory`;
    const trial = mkdtempSync(join(place, '.agentops-doctor-'));
    try {
      writeFileSync(join(trial, 'trial'), Buffer.alloc(4096));
    } finally {
      rmSync(trial, { recursive: true, force: true });
    }
    return undefined;
  } catch (error) {
    return messageOf(error);
  }
}

function freeBytes(place: string): number | undefined {
  try {
    const { bavail, bsize } = statfsSync(place);
    return bavail * bsize;
  } catch {
    return undefined;
  }
}
