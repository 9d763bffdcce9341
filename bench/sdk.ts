/**
 * What the SDK costs: CPU time per instrumented call beyond the client's own, beside the floor. No sockets: the client's
 * `fetch` answers at once, and the destination confirms at once what it is sent in OTLP protobuf. Redaction is as it is
 * by default, and the metrics are read by a reader, unless a name says otherwise.
 *
 * The floor is what the bare OpenTelemetry SDK costs, beyond the client's own, to whoever makes the same span by hand:
 * one around the call, so that it is the current one while the client runs; with the same attributes, the messages
 * written as JSON from objects that are there already; batched and serialised to OTLP protobuf, by OpenTelemetry's own
 * serializer as the official exporters do it. It is the least of its kind: what finds the messages in request and
 * answer, prices, redacts, adds up, names the session, makes ids and times and records metrics is left out, and its
 * attributes stand ready but for their JSON.
 *
 * Each figure comes from three processes that take turns of some 60 ms, and is the median of what every round of turns
 * says: a figure of its own is at the mercy of what else the machine does, a ratio within a quarter of a second is less
 * so. Beside it stands the ratio of the least each of the three has taken in any round, which is what a machine without
 * anything else to do would show. An argument runs only the comparisons whose names have it in them.
 */
import { cpus } from 'node:os';
import { type Figure, ofLeast, overRounds } from './support/statistics.ts';
import { table, withRange } from './support/table.ts';
import { runTournament } from './support/tournament.ts';
import type { VariantName } from './support/variants.ts';

const ROUNDS = 31;

interface Comparison {
  readonly name: string;
  /** Work with telemetry, what has to be taken off that, and what the rest is measured by. */
  readonly variants: readonly [measured: VariantName, base: VariantName, measure: VariantName];
  /** `(measured - base) / measure`; where the measure includes the base, that is taken off it too. */
  readonly measureHasBase?: true;
  /** How many times the measured has what the base has not, where one alone is lost in the noise. Default 1. */
  readonly times?: number;
  /** Of the ratio; undefined where nothing is promised. */
  readonly limit?: number;
}

const COMPARISONS: readonly Comparison[] = [
  {
    name: 'usual call (3.4 KB) / floor',
    variants: ['usual call, instrumented', 'usual call, client alone', 'usual call, bare span'],
    measureHasBase: true,
    limit: 1.5,
  },
  {
    name: 'small call (500 B) / floor',
    variants: ['small call, instrumented', 'small call, client alone', 'small call, bare span'],
    measureHasBase: true,
    limit: 3,
  },
  {
    name: 'small call, metrics off / floor',
    variants: ['small call, metrics off', 'small call, client alone', 'small call, bare span'],
    measureHasBase: true,
    limit: 2,
  },
  {
    name: 'a further destination / encoding',
    variants: ['usual call, nine destinations', 'usual call, instrumented', 'usual call, encoding'],
    times: 8,
    limit: 1,
  },
  {
    name: 'exporter object / serialising',
    variants: ['usual call, and an exporter object', 'usual call, instrumented', 'usual call, serialising'],
  },
  {
    name: 'unsampled call / sampled call',
    variants: ['usual call, unsampled', 'usual call, client alone', 'usual call, instrumented'],
    measureHasBase: true,
    limit: 0.15,
  },
  {
    name: 'usual call, content off / floor',
    variants: ['usual call, content off', 'usual call, client alone', 'usual call, content off, bare span'],
    measureHasBase: true,
  },
  {
    name: 'tool.wrap / floor',
    variants: ['tool, wrapped', 'tool, function alone', 'tool, bare span'],
    measureHasBase: true,
  },
];

interface Result extends Pick<Comparison, 'name' | 'limit'> {
  readonly measured: Figure;
  readonly base: Figure;
  /** Measured without the base, once. */
  readonly ours: Figure;
  readonly measure: Figure;
  readonly ratio: Figure;
  /** From the least of each over all rounds. */
  readonly leastRatio: number;
}

async function compare({ name, variants, measureHasBase, times = 1, limit }: Comparison): Promise<Result> {
  const [measured = [], base = [], measure = []] = await runTournament(variants, ROUNDS);
  const own = (least: number, without: number): number => (measureHasBase ? least - without : least);
  const ours = (cost: number, without: number): number => (cost - without) / times;
  const ratioOf = (cost: number, without: number, least: number): number =>
    ours(cost, without) / own(least, without);
  return {
    name,
    ...(limit !== undefined && { limit }),
    measured: overRounds([measured], (cost) => cost),
    base: overRounds([base], (cost) => cost),
    ours: overRounds([measured, base], ours),
    measure: overRounds([measure, base], own),
    ratio: overRounds([measured, base, measure], ratioOf),
    leastRatio: ofLeast([measured, base, measure], ratioOf),
  };
}

const [wanted = ''] = process.argv.slice(2);
const results: Result[] = [];
for (const comparison of COMPARISONS.filter(({ name }) => name.includes(wanted))) {
  results.push(await compare(comparison));
}
const machine = {
  node: process.version,
  processor: cpus()[0]?.model ?? 'unknown',
  processors: cpus().length,
};

console.log(`
CPU µs per call, median of ${ROUNDS} rounds (between the quartiles)
Node ${machine.node}, ${machine.processors} × ${machine.processor}

${table([
  ['', 'with telemetry', 'without', 'ours', 'measured by', 'ratio', 'of the least', 'limit'],
  ...results.map(({ name, measured, base, ours, measure, ratio, leastRatio, limit }) => [
    name,
    ...[measured, base, ours, measure].map((cost) => withRange(cost, 1)),
    withRange(ratio, 2),
    leastRatio.toFixed(2),
    limit?.toFixed(2) ?? '',
  ]),
])}
`);
console.log(JSON.stringify({ machine, rounds: ROUNDS, results }));
