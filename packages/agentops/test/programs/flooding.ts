/**
 * Records spans without end while its endpoint is down, and prints what that cost. Arguments: the endpoint, how many
 * spans. Needs `--expose-gc`.
 */
import process from 'node:process';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { ActionEvent, init, startSession } from 'agentops';

const [endpoint, count] = [String(process.argv[2]), Number(process.argv[3])];
const client = init({
  endpoint,
  logs: { level: 'silent' },
  retry: { initial: 1000, max: 1000 },
});

function heapUsed(): number {
  globalThis.gc?.();
  const { heapUsed: heap, external } = process.memoryUsage();
  return heap + external;
}

const run = startSession({ name: 'flood' });
/** A span of about the usual size. */
const record = (n: number) =>
  run.record(new ActionEvent({ actionType: 'step', params: { n, text: 'x'.repeat(500) } }));

for (let n = 0; n < 1000; n += 1) record(n);
await client.flush();
const began = process.hrtime.bigint();
const heapBefore = heapUsed();
const rssBefore = process.memoryUsage().rss;
let heap = 0;
let rss = 0;
for (let n = 0; n < count; n += 1) {
  record(n);
  if (n % 1000 === 0) await nextTurn();
  if (n % 10_000 === 0) rss = Math.max(rss, process.memoryUsage().rss);
  if (n % Math.floor(count / 20) === count / 20 - 1) heap = Math.max(heap, heapUsed());
}
const seconds = Number(process.hrtime.bigint() - began) / 1e9;
const { ended, pending, spooled, dropped } = client.stats().exporters.agentops ?? {};
console.log(
  JSON.stringify({
    heap: heap - heapBefore,
    rss: rss - rssBefore,
    seconds,
    ended,
    pending,
    spooled,
    dropped,
  }),
);
process.kill(process.pid, 'SIGKILL');
