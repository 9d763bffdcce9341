/**
 * What it costs to carry context to another process and read it there: a `TraceContext` written and read, against
 * OpenTelemetry's bare W3C propagators for trace context and baggage with the very same headers. Limit: 1.5 times.
 */
import { cpuUsage } from 'node:process';
import {
  defaultTextMapGetter,
  defaultTextMapSetter,
  propagation,
  ROOT_CONTEXT,
  trace,
} from '@opentelemetry/api';
import { CompositePropagator, W3CBaggagePropagator, W3CTraceContextPropagator } from '@opentelemetry/core';
import { init, startSession, TraceContext } from 'agentops';
import { table } from './support/table.ts';

const LIMIT = 1.5;
const LAPS = 60;
const REPEAT = 4000;
const HOST = 'orders.internal';

init({
  exporters: [],
  live: false,
  metrics: false,
  logs: { level: 'silent' },
  context: { baggage: { hosts: ['*.internal'] } },
});

const run = startSession({ name: 'run' });
const bare = new CompositePropagator({
  propagators: [new W3CTraceContextPropagator(), new W3CBaggagePropagator()],
});
const entries = { tenant: 'acme', region: 'eu-west-1' };
const bareContext = propagation.setBaggage(
  trace.setSpan(ROOT_CONTEXT, run.span),
  propagation.createBaggage(
    Object.fromEntries(
      Object.entries({ ...entries, 'agentops.session.id': run.id }).map(([key, value]) => [key, { value }]),
    ),
  ),
);

type Carrier = Record<string, string>;

function byOpenTelemetry(): Carrier {
  const carrier: Carrier = {};
  bare.inject(bareContext, carrier, defaultTextMapSetter);
  bare.extract(ROOT_CONTEXT, carrier, defaultTextMapGetter);
  return carrier;
}

function byTraceContext(): Carrier {
  const carrier = TraceContext.current().inject<Carrier>({}, { to: HOST });
  TraceContext.extract(carrier);
  return carrier;
}

/** Microseconds of CPU time for one. */
function lap(work: () => unknown): number {
  const before = cpuUsage();
  for (let count = 0; count < REPEAT; count += 1) work();
  const { user, system } = cpuUsage(before);
  return (user + system) / REPEAT;
}

const median = (samples: readonly number[]): number =>
  samples.toSorted((a, b) => a - b)[Math.floor(samples.length / 2)] ?? 0;

const laps = run
  .run(() =>
    TraceContext.current()
      .withBaggage(entries)
      .run(() => {
        const [ours, theirs] = [byTraceContext(), byOpenTelemetry()];
        if (JSON.stringify(ours) !== JSON.stringify(theirs)) {
          throw new Error(`not the same headers: ${JSON.stringify({ ours, theirs })}`);
        }
        // Alternately, so that whatever else the machine does meets both; the first third is the compiler's.
        return Array.from({ length: LAPS }, () => ({
          ours: lap(byTraceContext),
          theirs: lap(byOpenTelemetry),
        }));
      }),
  )
  .slice(LAPS / 3);
run.end('Success');

const openTelemetry = median(laps.map(({ theirs }) => theirs));
const traceContext = median(laps.map(({ ours }) => ours));
const ratio = median(laps.map(({ ours, theirs }) => ours / theirs));

console.log(`Inject and extract, trace context and three entries of baggage

${table([
  ['', 'µs', 'ratio'],
  ['OpenTelemetry, bare', openTelemetry.toFixed(2), '1.00'],
  ['TraceContext', traceContext.toFixed(2), ratio.toFixed(2)],
])}

${ratio <= LIMIT ? 'within' : 'BEYOND'} the limit of ${LIMIT}
`);
console.log(JSON.stringify({ node: process.version, openTelemetry, traceContext, ratio, limit: LIMIT }));
if (ratio > LIMIT) process.exitCode = 1;
