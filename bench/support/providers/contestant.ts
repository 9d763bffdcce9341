/** One contestant in a process of its own: warms up, then runs a lap whenever it is asked to. */
import { cpuUsage } from 'node:process';
import { setImmediate as turn } from 'node:timers/promises';
import { call, replaying, streamedCall } from './calls.ts';
import { CASES, isCaseName } from './cases.ts';
import { CONTESTANTS, isContestantName, loadOpenAI } from './contestants.ts';

/** The compiler goes on for so long. */
const WARM_UP_US = 4_000_000;

/** A program's calls come in on the event loop, which also has to run its timers. */
const CALLS_PER_TURN = 64;

/** What a lap says. */
export interface Lap {
  /** User and system time of the whole process, until what was recorded is delivered, in µs for one call. */
  readonly cpu: number;
  /** µs to the first chunk, the median of the lap; 0 where nothing is streamed. */
  readonly firstChunk: number;
  /** Those of earlier laps and of the warm-up too. */
  readonly callsSoFar: number;
}

const [caseName, contestantName, modelUrl, sinkUrl] = process.argv.slice(2);
if (
  !isCaseName(caseName) ||
  !isContestantName(contestantName) ||
  modelUrl === undefined ||
  sinkUrl === undefined
) {
  throw new Error('usage: contestant.ts CASE CONTESTANT MODEL_URL SINK_URL');
}
const { calls, streamed, inMemory } = CASES[caseName];
const contestant = CONTESTANTS[contestantName];
const setUp = await contestant.load();
const baseURL = `${modelUrl}/v1`;
const { client, run, flush } = setUp({
  loadOpenAI: () => loadOpenAI(contestant.openai),
  clientOptions: {
    apiKey: 'benchmark',
    baseURL,
    ...(inMemory && { fetch: await replaying(baseURL, streamed) }),
  },
  sinkUrl,
});

let callsSoFar = 0;
const start = cpuUsage();
for (let used = 0; used < WARM_UP_US; ) {
  await lap();
  const { user, system } = cpuUsage(start);
  used = user + system;
}
process.on('message', () => void lap().then((measured) => process.send?.(measured)));
process.on('disconnect', () => process.exit());
process.send?.('warm');

async function lap(): Promise<Lap> {
  const delays: number[] = [];
  const before = cpuUsage();
  await run(async () => {
    for (let done = 0; done < calls; done += 1) {
      if (done % CALLS_PER_TURN === 0) await turn();
      if (streamed) delays.push(await streamedCall(client));
      else await call(client);
    }
  });
  await flush();
  callsSoFar += calls;
  const { user, system } = cpuUsage(before);
  const [firstChunk = 0] = delays.sort((a, b) => a - b).slice(delays.length / 2);
  return { cpu: (user + system) / calls, firstChunk, callsSoFar };
}
