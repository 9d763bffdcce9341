/** Leaves a session open until it has been shown, then has nothing left to do. Argument: the endpoint. */
import { init, startSession } from 'agentops';

const [endpoint] = process.argv.slice(2);
init({ endpoint, live: { interval: 20 } });
startSession({ name: 'run' });
process.exitCode = 3;
setTimeout(() => console.log('shown'), 250);
