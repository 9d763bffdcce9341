/** A cluster whose primary and workers all record, and end in ways of their own. Argument: the endpoint. */
import cluster from 'node:cluster';
import { once } from 'node:events';
import process from 'node:process';
import { init, startSession, tool } from 'agentops';

const [endpoint] = process.argv.slice(2) as [string];
init({ endpoint, logs: { level: 'silent' }, batch: { interval: 60_000 }, retry: { attempts: 1 } });
const who = cluster.isPrimary ? 'primary' : String(process.env.WAY);
startSession({ name: `run ${who}` }).run(() => tool('search', () => 'found'));

if (cluster.isPrimary) {
  const exits = ['disconnect', 'exit', 'signal', 'kill'].map(async (WAY) => {
    const worker = cluster.fork({ WAY });
    if (WAY === 'kill') worker.once('online', () => worker.kill('SIGTERM'));
    const [code, signal] = await once(worker, 'exit');
    return `${WAY}: ${code} ${signal}`;
  });
  console.log((await Promise.all(exits)).join('\n'));
} else {
  if (who === 'disconnect') cluster.worker?.disconnect();
  else setInterval(() => {}, 60_000);
  if (who === 'exit') process.exit(4);
  if (who === 'signal') process.kill(process.pid, 'SIGTERM');
}
