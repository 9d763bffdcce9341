/** Is scraped once over a connection that stays open, and then has nothing left to do. Argument: the port. */
import { Agent, get } from 'node:http';
import { init, session } from 'agentops';

const port = Number(process.argv[2]);
init({ exporters: [], logs: { level: 'silent' }, metrics: { prometheus: { port } } });
await session('run', () => 'done');

const agent = new Agent({ keepAlive: true, keepAliveMsecs: 60_000 });
await new Promise<void>((resolve, reject) => {
  get({ port, host: '127.0.0.1', path: '/metrics', agent }, (response) => {
    response.resume().on('end', resolve);
  }).on('error', reject);
});
// The side of the scraper is not what is looked at.
for (const socket of Object.values(agent.freeSockets).flat()) socket?.unref();

const idleSince = performance.now();
process.on('exit', () => {
  // Node keeps an idle connection for five seconds.
  const endedAfter = performance.now() - idleSince < 2500 ? 'soon' : 'late';
  console.log(JSON.stringify({ endedAfter }));
});
