import { type Figure, ofLeast, overRounds } from '../statistics.ts';
import { CASES, type CaseName } from './cases.ts';
import { CONTESTANTS, type Contestant, type ContestantName } from './contestants.ts';
import type { Received } from './sink.ts';
import type { Results } from './tournament.ts';

/** What recording costs with one contestant, beyond what the client alone takes. */
export interface Cost {
  readonly contestant: ContestantName;
  readonly openai: number;
  readonly ours: boolean;
  /** What was said is recorded too. */
  readonly content: boolean;
  readonly cost: Figure;
  /** From the least that it, and the client alone, have taken in any round. */
  readonly least: number;
  /** Of the bodies that arrived. */
  readonly bytesPerCall: number;
}

/** @throws Error where a contestant has lost a call, or what was said in it. */
export function costsOf(name: CaseName, results: Results): Cost[] {
  const { measures, units, calls } = CASES[name];
  const of = (cost: number, alone: number): number => (cost - alone) / units;
  return (Object.keys(CONTESTANTS) as ContestantName[]).flatMap((contestant) => {
    const { openai, records }: Contestant = CONTESTANTS[contestant];
    if (records === undefined) return [];
    const laps = results[contestant];
    const samples = [laps[measures], results[`client alone, ${openai}`][measures]];
    for (const received of laps.received) assertComplete(contestant, received, calls, records.content);
    return {
      contestant,
      openai,
      ...records,
      cost: overRounds(samples, of),
      least: ofLeast(samples, of),
      bytesPerCall: Math.max(...laps.received.map(({ bytes }) => bytes)) / calls,
    };
  });
}

function assertComplete(
  contestant: ContestantName,
  received: Received,
  calls: number,
  content: boolean,
): void {
  const { spans, questions, answers } = received;
  const said = Math.min(questions, answers);
  if (spans < calls || (content ? said < calls : said > 0)) {
    throw new Error(
      `of ${calls} calls, ${contestant} recorded ${spans} spans, ${questions} questions and ${answers} answers`,
    );
  }
}
