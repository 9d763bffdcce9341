/**
 * The model, and a sink for each contestant, in a process of their own, so that what they take is on nobody's account.
 * Answers with what the sinks have received.
 */
import { always, startModelServer } from '@agentops/model-server';
import { CASES, isCaseName } from './cases.ts';
import type { ContestantName } from './contestants.ts';
import { type Received, type Sink, startSink } from './sink.ts';

/** Where everything is. */
export interface Addresses {
  readonly model: string;
  readonly sinks: Readonly<Record<string, string>>;
}

export type Arrived = Readonly<Record<ContestantName, Received>>;

const [name, ...contestants] = process.argv.slice(2);
if (!isCaseName(name)) throw new Error('usage: surroundings.ts CASE CONTESTANT…');

const model = await startModelServer({ script: always(CASES[name].reply), rememberRequests: 0 });
const sinks = new Map<string, Sink>();
for (const contestant of contestants) sinks.set(contestant, await startSink());

process.on('message', () => process.send?.(ofEach((sink) => sink.received())));
process.on('disconnect', () => process.exit());
process.send?.({ model: model.url, sinks: ofEach((sink) => sink.url) } satisfies Addresses);

function ofEach<Value>(value: (sink: Sink) => Value): Record<string, Value> {
  return Object.fromEntries([...sinks].map(([contestant, sink]) => [contestant, value(sink)]));
}
