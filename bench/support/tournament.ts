import { Program } from './program.ts';

const CONTESTANT = new URL('contestant.ts', import.meta.url);

/**
 * Starts one process per variant and lets them run a lap each in turn, round after round, never two at a time: what
 * else the machine does then falls on all of them alike. Few at a time: every further process takes caches from the
 * others between their laps. Returns the CPU µs per unit of every round, in the order of `names`.
 */
export async function runTournament(names: readonly string[], rounds: number): Promise<number[][]> {
  using contestants = new DisposableStack();
  const programs: Program[] = [];
  for (const name of names) {
    const program = contestants.use(new Program(CONTESTANT, [name]));
    await program.started;
    program.standStill();
    programs.push(program);
  }
  const laps = names.map((): number[] => []);
  for (let round = 0; round < rounds; round += 1) {
    for (const [index, program] of programs.entries()) {
      laps[index]?.push(Number(await program.ask()));
      program.standStill();
    }
  }
  return laps;
}
