/** Prints its spans, and exits with a session open. */
import { init, startSession, tool } from 'agentops';

init({ exporters: [{ type: 'console' }], batch: { interval: 60_000 } });

startSession({ name: 'run' }).run(() => tool('search', () => 'found'));
console.log('last line');
process.exit(3);
