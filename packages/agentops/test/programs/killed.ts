/** Spools what it records and is killed while its session is open. Arguments: the endpoint, a name for its tool. */
import { init, startSession, tool } from 'agentops';

const [endpoint, name = ''] = process.argv.slice(2) as [string, string];
const client = init({ endpoint, logs: { level: 'silent' }, retry: { attempts: 1 } });
await startSession().run(async () => {
  for (let n = 0; n < 5; n += 1) {
    tool(`${name}-${n}`, () => {});
    await client.flush();
  }
});
console.log(JSON.stringify(client.stats().exporters.agentops));
process.kill(process.pid, 'SIGKILL');
