/** Does the work of a child process in the way it is told to. Arguments: the way, the endpoint. */
import process from 'node:process';
import { continueSession, init, TraceContext, tool } from 'agentops';

const [way, endpoint] = process.argv.slice(2) as [string, string];
const continueFromEnvironment = way === 'as a part' ? { continueFromEnvironment: true } : {};
init({
  endpoint,
  serviceName: 'child',
  session: continueFromEnvironment,
  logs: { level: 'silent' },
  live: false,
});

const work = (): void => {
  tool('search', () => 'found');
  tool('read', () => 'text');
};
if (way === 'explicitly') continueSession(TraceContext.fromEnvironment(), work, { name: 'job' });
else work();
