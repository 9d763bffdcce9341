import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

const PROGRAM = fileURLToPath(new URL('./writing-process.ts', import.meta.url));

/** Seconds from the start. */
export interface Writing {
  /** Until all spans are committed. */
  readonly committed: number;
  /** Until the writers have brought all totals up to date as well, and ended. */
  readonly settled: number;
  /** CPU time of both processes, in µs, until all spans were committed. */
  readonly cpu: number;
}

/** Two processes, each with an exporter of one connection, that write half of `spans` each at the same time. */
export async function writeFromTwo(
  url: string,
  spans: number,
  prepare: () => Promise<void>,
): Promise<Writing> {
  const writers = [0, 1].map(() => fork(PROGRAM, [url, String(spans / 2)]));
  await Promise.all(writers.map(reported));
  await prepare();
  const began = performance.now();
  for (const writer of writers) writer.send('go');
  const reports = await Promise.all(writers.map(reported));
  const committed = (performance.now() - began) / 1_000;
  for (const writer of writers) writer.send('end');
  await Promise.all(writers.map((writer) => once(writer, 'exit')));
  return {
    committed,
    settled: (performance.now() - began) / 1_000,
    cpu: reports.reduce((sum, cpu) => sum + cpu, 0),
  };
}

/** The CPU time that the next message names: a writer is ready, or has committed everything. */
async function reported(writer: ChildProcess): Promise<number> {
  const [{ cpu }] = await once(writer, 'message');
  return cpu;
}
