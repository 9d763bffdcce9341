import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

const CONTESTANT = fileURLToPath(new URL('contestant.ts', import.meta.url));

/**
 * Starts one process per variant and lets them run a lap each in turn, round after round, never two at a time: what
 * else the machine does then falls on all of them alike. Few at a time: every further process takes caches from the
 * others between their laps. Returns the CPU µs per unit of every round, in the order of `names`.
 */
export async function runTournament(names: readonly string[], rounds: number): Promise<number[][]> {
  const contestants = new Map<string, ChildProcess>();
  try {
    for (const name of names) {
      const contestant = fork(CONTESTANT, [name]);
      contestants.set(name, contestant);
      await answer(name, contestant);
    }
    const laps = names.map((): number[] => []);
    for (let round = 0; round < rounds; round += 1) {
      for (const [index, [name, contestant]] of [...contestants].entries()) {
        contestant.send('lap');
        laps[index]?.push(Number(await answer(name, contestant)));
      }
    }
    return laps;
  } finally {
    for (const contestant of contestants.values()) if (contestant.connected) contestant.disconnect();
  }
}

/** The next message of a contestant. Rejects if its process ends instead; what it has to say is on standard error. */
async function answer(name: string, contestant: ChildProcess): Promise<unknown> {
  const done = new AbortController();
  const { signal } = done;
  try {
    return await Promise.race([
      once(contestant, 'message', { signal }).then(([message]) => message),
      once(contestant, 'exit', { signal }).then(([code]) => {
        throw new Error(`the process of "${name}" ended with ${code} in the middle of the benchmark`);
      }),
    ]);
  } finally {
    done.abort();
  }
}
