/** Leaves a session open that was not sampled, and has nothing left to do. Argument: the endpoint. */
import { init, startSession, tool } from 'agentops';

const [endpoint] = process.argv.slice(2);
init({ endpoint, sampling: { rate: 0, keep: { duration: 1 } } });
startSession({ name: 'run', startTime: new Date(Date.now() - 1000) }).run(() => tool('search', () => {}));
process.exitCode = 3;
