import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';
import { type InitOptions, init, instrument, tool } from 'agentops';
import { OpenAI } from 'openai';
import type { Chat } from './chat.ts';
import { SecondReader } from './second-reader.ts';
import { sinkDestinations } from './sink-destination.ts';

/** Does `count` units of work one after the other and delivers the spans they made. */
export type Work = (count: number) => Promise<void>;

/** Laps are whole batches of the exporters. */
export const BATCH = 512;

/** A program's calls come in on the event loop, which also has to run its timers. */
const UNITS_PER_TURN = 64;

/** Each unit is awaited, as an agent awaits its model. */
export async function repeat(count: number, unit: () => unknown): Promise<void> {
  for (let done = 0; done < count; done += 1) {
    await unit();
    if (done % UNITS_PER_TURN === 0) await turn();
  }
}

/** Calls of the client as its maker ships it. */
export function plainCalls(chat: Chat): Work {
  const call = plainCall(chat);
  return (count) => repeat(count, call);
}

/** One of them. */
export function plainCall(chat: Chat): () => Promise<unknown> {
  return callOf(clientFor(chat), chat);
}

/** Calls of the instrumented client inside an open session. */
export function instrumentedCalls(chat: Chat, options: InitOptions = {}): Work {
  return inSession(callOf(instrument(clientFor(chat)), chat), options);
}

/** Calls of a function that could be an agent's tool. */
export function plainToolCalls(): Work {
  return (count) => repeat(count, toolCall);
}

export function toolCall(): Promise<object> {
  return findTrains('Lisbon', 'Vienna');
}

/** Calls of the same function wrapped by `tool.wrap`, inside an open session. */
export function wrappedToolCalls(options: InitOptions = {}): Work {
  const wrapped = tool.wrap('find_trains', findTrains);
  return inSession(() => wrapped('Lisbon', 'Vienna'), options);
}

/**
 * With one destination, a spool for it and metrics that are read, unless `options` say otherwise, and everything else as
 * it is by default.
 */
function inSession(unit: () => unknown, options: InitOptions): Work {
  const directory = mkdtempSync(join(tmpdir(), 'agentops-bench-'));
  process.once('exit', () => rmSync(directory, { recursive: true, force: true }));
  const client = init({
    exporters: sinkDestinations(1),
    metrics: { readers: [new SecondReader()] },
    spool: { directory },
    ...options,
  });
  const session = client.startSession({ name: 'benchmark' });
  return async (count) => {
    await session.run(() => repeat(count, unit));
    await client.flush();
    const accounts = Object.values(client.stats().exporters);
    const lost = accounts.filter(({ ended, delivered }) => delivered !== ended);
    if (lost.length > 0) throw new Error(`the session lost spans: ${JSON.stringify(lost)}`);
  };
}

function clientFor({ response }: Chat): OpenAI {
  const headers = { 'content-type': 'application/json' };
  return new OpenAI({ apiKey: 'benchmark', fetch: async () => new Response(response, { headers }) });
}

function callOf(client: OpenAI, { request }: Chat): () => Promise<unknown> {
  const { messages, ...parameters } = request;
  return () => client.chat.completions.create({ ...parameters, messages: [...messages] });
}

async function findTrains(from: string, to: string): Promise<object> {
  return { from, to, trains: [{ name: 'Railjet 165', departs: '08:40', arrives: '16:20', changes: 0 }] };
}
