/** Starts a session that never ends, and prints its id. Arguments: the backend, the interval of its heartbeats in ms. */
import { init, startSession } from 'agentops';

const [endpoint = '', interval] = process.argv.slice(2);
init({ exporters: [{ type: 'agentops', endpoint }], live: { interval: Number(interval) } });
process.stdout.write(startSession({ name: 'endless' }).id);
setInterval(() => {}, 60_000);
