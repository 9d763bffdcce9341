/** One variant in a process of its own: warms up, then runs a lap whenever it is asked to and answers with its cost. */
import { cpuUsage } from 'node:process';
import { shutdown } from 'agentops';
import { isVariantName, VARIANTS } from './variants.ts';
import { BATCH } from './work.ts';

/** The compiler goes on for so long: what a call costs falls by a quarter meanwhile. */
const WARM_UP_US = 4_000_000;
const LAP_US = 60_000;

const name = process.argv[2];
if (!isVariantName(name)) {
  throw new Error(`there is no variant "${name}"; it is one of: ${Object.keys(VARIANTS).join('; ')}`);
}
const work = await VARIANTS[name]();
const lapCount = BATCH * Math.ceil(LAP_US / (await warmUp()) / BATCH);
process.on('message', () => void lap(lapCount).then((cost) => process.send?.(cost)));
// Sessions stay open during laps: what their end costs is no part of a call.
process.on('disconnect', () => void shutdown().then(() => process.exit()));
process.send?.('warm');

/** User and system time of the whole process, garbage collection and compilation included, in µs per unit. */
async function lap(count: number): Promise<number> {
  const before = cpuUsage();
  await work(count);
  const { user, system } = cpuUsage(before);
  return (user + system) / count;
}

/** Runs until the compiler has had its time, and returns what a unit costs then. */
async function warmUp(): Promise<number> {
  const start = cpuUsage();
  for (;;) {
    const cost = await lap(BATCH);
    const { user, system } = cpuUsage(start);
    if (user + system >= WARM_UP_US) return cost;
  }
}
