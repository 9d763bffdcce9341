/**
 * Goes on with a session of another process, in an agent that never ends, and says so. Arguments: the backend, the interval
 * of live snapshots in ms, and the reference to the session as JSON.
 */
import { agent, continueSession, init } from 'agentops';

const [endpoint = '', interval, reference = ''] = process.argv.slice(2);
init({ exporters: [{ type: 'agentops', endpoint }], live: { interval: Number(interval) } });
void continueSession(reference, () => agent('helper', () => new Promise(() => {})));
process.stdout.write('at work');
setInterval(() => {}, 60_000);
