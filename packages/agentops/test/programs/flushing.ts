/** Flushes to an endpoint that wants to be asked again, and goes on working. Argument: the endpoint. */
import { flush, init, startSession } from 'agentops';

const client = init({
  endpoint: String(process.argv[2]),
  logs: { level: 'silent' },
  retry: { initial: 200, max: 200 },
});
startSession().end();
await flush();
startSession().end();
await flush();
const { ended, pending } = client.stats().exporters.agentops ?? {};
console.log(JSON.stringify({ ended, pending }));
