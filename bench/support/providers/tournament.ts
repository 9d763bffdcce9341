import { setTimeout as pause } from 'node:timers/promises';
import { Program } from '../program.ts';
import { CASES, type CaseName } from './cases.ts';
import type { Lap } from './contestant.ts';
import { CONTESTANTS, type Contestant, type ContestantName, contestantsIn } from './contestants.ts';
import type { Received } from './sink.ts';
import type { Addresses, Arrived } from './surroundings.ts';

/** What one contestant did. */
export interface Laps {
  /** The calls of its laps, and of those it warmed up with. */
  readonly calls: number;
  /** Round by round. */
  readonly laps: readonly Lap[];
  readonly received: Received;
}

export type Results = Readonly<Partial<Record<ContestantName, Laps>>>;

const CONTESTANT = new URL('contestant.ts', import.meta.url);
const SURROUNDINGS = new URL('surroundings.ts', import.meta.url);

const PATIENCE_MS = 10_000;

/** Lets all contestants run a lap of one case in turn, each in a process of its own, round after round, never two at a time. */
export async function runCase(name: CaseName, rounds: number): Promise<Results> {
  using programs = new DisposableStack();
  const names = contestantsIn(CASES[name]);
  const surroundings = programs.use(new Program(SURROUNDINGS, [name, ...names]));
  const { model, sinks } = (await surroundings.started) as Addresses;
  const contestants: { name: ContestantName; program: Program; laps: Lap[] }[] = [];
  for (const contestant of names) {
    const program = programs.use(new Program(CONTESTANT, [name, contestant, model, sinks[contestant] ?? '']));
    await program.started;
    program.standStill();
    contestants.push({ name: contestant, program, laps: [] });
    await surroundings.ask();
  }
  for (let round = 0; round < rounds; round += 1) {
    for (const { program, laps } of contestants) {
      laps.push((await program.ask()) as Lap);
      program.standStill();
      // Not while anybody is measured.
      await surroundings.ask();
    }
  }
  const made = contestants.map(({ name, laps }) => ({ name, laps, calls: laps.at(-1)?.callsSoFar ?? 0 }));
  // Some flush without waiting for what is on its way already.
  const deadline = performance.now() + PATIENCE_MS;
  let arrived: Arrived;
  do {
    await pause(100);
    arrived = (await surroundings.ask()) as Arrived;
  } while (
    made.some(({ name, calls }) => !isComplete(name, calls, arrived[name])) &&
    performance.now() < deadline
  );
  const results: Partial<Record<ContestantName, Laps>> = {};
  for (const { name, laps, calls } of made) results[name] = { calls, laps, received: arrived[name] };
  return results;
}

/** Whether a contestant has recorded so many calls as it says it does. */
export function isComplete(name: ContestantName, calls: number, received: Received): boolean {
  const { records }: Contestant = CONTESTANTS[name];
  const { spans, questions, answers } = received;
  if (records === undefined) return spans === 0;
  const said = Math.min(questions, answers);
  return spans >= calls && (records.content ? said >= calls : said === 0);
}
