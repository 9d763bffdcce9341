import { type Figure, ofLeast, overRounds } from '../statistics.ts';
import { CASES, type CaseName } from './cases.ts';
import {
  CONTESTANTS,
  type Contestant,
  type ContestantName,
  contestantsIn,
  type Records,
} from './contestants.ts';
import { isComplete, type Results } from './tournament.ts';

/** What recording costs with one contestant, beyond what the client alone takes. */
export interface Cost extends Records {
  readonly contestant: ContestantName;
  readonly openai: number;
  readonly cost: Figure;
  /** From the least that it, and the client alone, have taken in any round. */
  readonly least: number;
  /** Of the bodies that arrived. */
  readonly bytesPerCall: number;
}

/** @throws Error where a contestant has lost a call, or what was said in it. */
export function costsOf(name: CaseName, results: Results): Cost[] {
  const { measures, units } = CASES[name];
  const of = (cost: number, alone: number): number => (cost - alone) / units;
  return contestantsIn(CASES[name]).flatMap((contestant) => {
    const { openai, records }: Contestant = CONTESTANTS[contestant];
    if (records === undefined) return [];
    const result = results[contestant];
    const alone = results[`client alone, ${openai}`];
    if (result === undefined || alone === undefined) throw new Error(`${contestant} did not run`);
    const { calls, received } = result;
    if (!isComplete(contestant, calls, received)) {
      throw new Error(`of ${calls} calls, ${contestant} recorded ${JSON.stringify(received)}`);
    }
    const samples = [result, alone].map(({ laps }) => laps.map((lap) => lap[measures]));
    return {
      contestant,
      openai,
      ...records,
      cost: overRounds(samples, of),
      least: ofLeast(samples, of),
      bytesPerCall: received.bytes / calls,
    };
  });
}
