import { Program } from '../program.ts';
import type { CaseName } from './cases.ts';
import type { Lap } from './contestant.ts';
import { CONTESTANTS, type ContestantName } from './contestants.ts';
import type { Received } from './sink.ts';

/** What one contestant did, round by round. */
export interface Laps {
  readonly cpu: number[];
  readonly firstChunk: number[];
  readonly received: Received[];
}

export type Results = Readonly<Record<ContestantName, Laps>>;

const CONTESTANT = new URL('contestant.ts', import.meta.url);
const SURROUNDINGS = new URL('surroundings.ts', import.meta.url);

/** Lets all contestants run a lap of one case in turn, each in a process of its own, round after round, never two at a time. */
export async function runCase(name: CaseName, rounds: number): Promise<Results> {
  using programs = new DisposableStack();
  const surroundings = programs.use(new Program(SURROUNDINGS, [name]));
  const { modelUrl, sinkUrl } = (await surroundings.started) as { modelUrl: string; sinkUrl: string };
  const contestants: { program: Program; laps: Laps }[] = [];
  const results: Partial<Record<ContestantName, Laps>> = {};
  for (const contestant of Object.keys(CONTESTANTS) as ContestantName[]) {
    const program = programs.use(new Program(CONTESTANT, [name, contestant, modelUrl, sinkUrl]));
    await program.started;
    await surroundings.ask();
    const laps: Laps = { cpu: [], firstChunk: [], received: [] };
    results[contestant] = laps;
    contestants.push({ program, laps });
  }
  for (let round = 0; round < rounds; round += 1) {
    for (const { program, laps } of contestants) {
      const { cpu, firstChunk } = (await program.ask()) as Lap;
      laps.cpu.push(cpu);
      laps.firstChunk.push(firstChunk);
      laps.received.push((await surroundings.ask()) as Received);
    }
  }
  return results as Results;
}
