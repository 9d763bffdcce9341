/**
 * What the SDK costs: CPU time per instrumented call beyond the client's own, beside the floor (the bare OpenTelemetry
 * SDK making and serialising a span of the same attributes). No sockets: the client's `fetch` answers at once.
 */
import { cpus } from 'node:os';
import { type Figure, overRounds } from './support/statistics.ts';
import { table, withRange } from './support/table.ts';
import { runTournament } from './support/tournament.ts';
import { VARIANTS, type VariantName } from './support/variants.ts';

const ROUNDS = 15;

/** What is compared: the work with telemetry, the same without, and the least that its span can cost. */
const COMPARISONS = {
  'small call (500 B)': ['small call, instrumented', 'small call, client alone', 'small call, floor'],
  'usual call (3.4 KB)': ['usual call, instrumented', 'usual call, client alone', 'usual call, floor'],
  'usual call, content off': [
    'usual call, content off',
    'usual call, client alone',
    'usual call, content off, floor',
  ],
  'tool.wrap': ['tool, wrapped', 'tool, function alone', 'tool, floor'],
} as const satisfies Record<string, readonly [VariantName, VariantName, VariantName]>;

const laps = await runTournament(Object.keys(VARIANTS) as VariantName[], ROUNDS);

/** Works `formula` out round by round, from the CPU µs per unit of the variants named. */
function figure(names: readonly VariantName[], formula: (...costs: number[]) => number): Figure {
  return overRounds(
    names.map((name) => laps[name]),
    formula,
  );
}

const comparisons = Object.entries(COMPARISONS).map(([name, [measured, alone, floor]]) => ({
  name,
  measured: figure([measured], (cost) => cost),
  alone: figure([alone], (cost) => cost),
  ours: figure([measured, alone], (cost, base) => cost - base),
  floor: figure([floor], (cost) => cost),
  ratio: figure([measured, alone, floor], (cost, base, least) => (cost - base) / least),
}));
const unsampled = figure(
  ['usual call, unsampled', 'usual call, instrumented', 'usual call, client alone'],
  (cost, sampled, base) => (cost - base) / (sampled - base),
);

const machine = {
  node: process.version,
  processor: cpus()[0]?.model ?? 'unknown',
  processors: cpus().length,
};

console.log(`CPU µs per call, median of ${ROUNDS} rounds (between the quartiles)
Node ${machine.node}, ${machine.processors} × ${machine.processor}

${table([
  ['', 'with telemetry', 'without', 'ours', 'floor', 'ours / floor'],
  ...comparisons.map(({ name, measured, alone, ours, floor, ratio }) => [
    name,
    ...[measured, alone, ours, floor].map((cost) => withRange(cost, 1)),
    withRange(ratio, 2),
  ]),
])}

usual call in an unsampled session, as a share of a sampled one: ${withRange(unsampled, 2)}
`);
console.log(JSON.stringify({ machine, rounds: ROUNDS, comparisons, unsampled }));
