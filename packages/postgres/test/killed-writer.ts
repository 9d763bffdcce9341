import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { openStore } from '@agentops/postgres';
import { pgliteEngine } from '@agentops/postgres/pglite';
import { expect } from 'vitest';
import { NEVER } from './store-suite.ts';

/** Spans of each batch that the process writes. */
const SPANS_PER_BATCH = 20;

/** A process that writes batches of 20 spans and prints the session id of each when it is acknowledged. */
export function startWriter(dataDir: string) {
  const script = fileURLToPath(new URL('./writing-process.ts', import.meta.url));
  const child = spawn(process.execPath, ['--conditions=@agentops/source', script, dataDir], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  return { child, lines: createInterface(child.stdout)[Symbol.asyncIterator]() };
}

/**
 * Lets a process write to `dataDir`, kills it after so many acknowledgements, and returns the sessions it has
 * acknowledged: those that were on their way when it died as well.
 */
export async function writeUntilKilled(dataDir: string, acknowledgements: number): Promise<string[]> {
  const { child, lines } = startWriter(dataDir);
  // Its output ends a little before it does: until then it holds the lock.
  const exited = once(child, 'exit');
  const acknowledged: string[] = [];
  for await (const sessionId of lines) {
    acknowledged.push(sessionId);
    if (acknowledged.length === acknowledgements) child.kill('SIGKILL');
  }
  await exited;
  return acknowledged;
}

/** Opens the directory, expects every one of the sessions in it, whole, and returns the ms it took to open. */
export async function expectSessions(dataDir: string, sessionIds: readonly string[]): Promise<number> {
  const began = performance.now();
  // The lock of the dead process is taken over.
  const store = await openStore({ engine: pgliteEngine({ dataDir }), rollupInterval: NEVER });
  const took = performance.now() - began;
  for (const sessionId of sessionIds) {
    expect((await store.spans('p', sessionId))?.total, `of session ${sessionId}`).toBe(SPANS_PER_BATCH);
  }
  await store.close();
  return took;
}
