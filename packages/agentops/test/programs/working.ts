/**
 * Records tools in a session, in rounds, and writes down what its exporters' accounts say in the end. Arguments: what to
 * do, as JSON; the file for the accounts.
 */
import { writeFileSync } from 'node:fs';
import process from 'node:process';
import { setTimeout as pause } from 'node:timers/promises';
import { type InitOptions, init, startSession, tool } from 'agentops';

export interface Work {
  readonly endpoint?: string;
  readonly options?: InitOptions;
  /** Default 3. */
  readonly rounds?: number;
  /** Tools in each of them. Default 4. */
  readonly tools?: number;
  /** Milliseconds between them. Default 10. */
  readonly pause?: number;
  /** Of each tool's result. Default 0. */
  readonly bytes?: number;
  /** Sets the clock back by an hour after the first round. */
  readonly clock?: 'set back';
  readonly end?: 'process.exit(3)' | 'SIGTERM' | 'uncaught';
}

const [text = '{}', accounts = ''] = process.argv.slice(2);
const work: Work = JSON.parse(text);
const { endpoint, rounds = 3, tools = 4, bytes = 0 } = work;
const client = init({ endpoint, logs: { level: 'silent' }, ...work.options });
process.on('exit', () => writeFileSync(accounts, JSON.stringify(client.stats().exporters)));

const run = startSession({ name: 'run' });
for (let round = 0; round < rounds; round += 1) {
  run.run(() => {
    for (let n = 0; n < tools; n += 1) tool(`${round}-${n}`, () => 'x'.repeat(bytes));
  });
  if (round === 0 && work.clock === 'set back') {
    const { now } = Date;
    Date.now = () => now() - 3_600_000;
  }
  if (round < rounds - 1) await pause(work.pause ?? 10);
}
run.end('Success');
console.log('last line');

if (work.end === 'process.exit(3)') process.exit(3);
if (work.end === 'uncaught') throw new Error('nobody catches');
if (work.end === 'SIGTERM') {
  setInterval(() => {}, 60_000);
  process.kill(process.pid, 'SIGTERM');
}
