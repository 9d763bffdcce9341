/**
 * What recording a model's calls costs a program: ours beside what others record of the same calls, over sockets, in one
 * run. CPU time is that of the whole process, from the first call of a lap until what it recorded is delivered, beyond
 * what the client alone takes for the same calls: what the garbage collector makes of it and the sending of the records
 * are on the account of who records. The model, and the sink that all records go to, are in another process.
 *
 * All contestants are set up as their documentation says, each in a process of its own, with the newest `openai` that it
 * supports, and take turns of less than 0.2 s, so that what else the machine does falls on all of them alike. A figure is
 * the median of what every round of turns says. Beside it stands that of the least that each has taken in any round,
 * which is what a machine without anything else to do would show. That everybody recorded every call, and what was said
 * in it, is looked up at the sink; who did not ends the benchmark. An argument runs only the cases whose names have it
 * in them; a second one is the number of rounds.
 */
import { cpus, loadavg } from 'node:os';
import { CASES, type CaseName } from './support/providers/cases.ts';
import { type Cost, costsOf } from './support/providers/costs.ts';
import { runCase } from './support/providers/tournament.ts';
import { table, withRange } from './support/table.ts';

/** Of what the cheapest other takes that records what was said. */
const OF_CHEAPEST = { limit: 1 / 3, ofCheapest: true };
const MICROS_PER_CHUNK = { limit: 2, ofCheapest: false };
const MICROS_TO_FIRST_CHUNK = { limit: 50, ofCheapest: false };

/** What is promised of ours. */
const LIMITS = {
  'usual call': OF_CHEAPEST,
  'usual call, no socket': OF_CHEAPEST,
  stream: MICROS_PER_CHUNK,
  'stream, no socket': MICROS_PER_CHUNK,
  'first chunk': MICROS_TO_FIRST_CHUNK,
  'first chunk, no socket': MICROS_TO_FIRST_CHUNK,
} as const satisfies Record<CaseName, { limit: number; ofCheapest: boolean }>;

interface Result {
  readonly name: CaseName;
  readonly costs: readonly Cost[];
  readonly verdicts: readonly Verdict[];
}

/** One of ours, measured by what is promised. */
interface Verdict {
  readonly contestant: string;
  readonly promised: number;
  /** From the medians, and from the least. */
  readonly measured: number;
  readonly least: number;
}

const [wanted = '', rounds = '61'] = process.argv.slice(2);
const results: Result[] = [];
for (const name of (Object.keys(CASES) as CaseName[]).filter((name) => name.includes(wanted))) {
  const costs = costsOf(name, await runCase(name, Number(rounds)));
  const verdicts = verdictsOn(name, costs);
  results.push({ name, costs, verdicts });
  console.log(`
${CASES[name].title}, beyond the client alone

${table([
  ['', 'openai', 'median (quartiles)', 'of the least', 'bytes a call', 'what was said'],
  ...costs.map(({ contestant, openai, cost, least, bytesPerCall, content }) => [
    contestant,
    String(openai),
    withRange(cost, 1),
    least.toFixed(1),
    bytesPerCall.toFixed(0),
    content ? 'recorded' : 'not',
  ]),
])}

${table([
  [
    LIMITS[name].ofCheapest ? 'of the cheapest that records what was said' : '',
    'median',
    'of the least',
    'limit',
  ],
  ...verdicts.map(({ contestant, promised, measured, least }) => [
    contestant,
    measured.toFixed(2),
    least.toFixed(2),
    promised.toFixed(2),
  ]),
])}`);
}
const machine = {
  node: process.version,
  processor: cpus()[0]?.model ?? 'unknown',
  processors: cpus().length,
  load: loadavg(),
};
console.log(`
${rounds} rounds, Node ${machine.node}, ${machine.processors} × ${machine.processor}, load ${machine.load[2]?.toFixed(1)}
`);
console.log(JSON.stringify({ machine, rounds: Number(rounds), results }));

function verdictsOn(name: CaseName, costs: readonly Cost[]): Verdict[] {
  const { limit: promised, ofCheapest } = LIMITS[name];
  const others = costs.filter(({ by, content }) => by === 'another' && content);
  const cheapest = (of: (cost: Cost) => number): number => (ofCheapest ? Math.min(...others.map(of)) : 1);
  return costs
    .filter(({ by }) => by === 'us')
    .map(({ contestant, cost, least }) => ({
      contestant,
      promised,
      measured: cost.median / cheapest((other) => other.cost.median),
      least: least / cheapest((other) => other.least),
    }));
}
