/** Leaves a session open around a finished tool and ends in the way it is told to. Arguments: the way, the endpoint. */
import { init, startSession, tool } from 'agentops';

const [way, endpoint] = process.argv.slice(2) as [string, string];
init({
  endpoint,
  logs: { level: 'silent' },
  batch: { interval: 60_000 },
  retry: { attempts: 1 },
  session: { mode: 'multi' },
});

startSession({ name: `run ${way}` }).run(() => tool('search', () => 'found'));
console.log('last line');

const ways: Record<string, () => unknown> = {
  'by returning': () => {},
  'by process.exit(3)': () => process.exit(3),
  'by SIGTERM': () => dieOf('SIGTERM'),
  'by SIGINT': () => dieOf('SIGINT'),
  'by SIGHUP': () => dieOf('SIGHUP'),
  'by an uncaught exception': () => {
    throw new Error('nobody catches');
  },
  'by an unhandled rejection': () => void Promise.reject(new Error('nobody cares')),
  'by its own SIGTERM handler': () => {
    process.once('SIGTERM', (signal) => {
      console.log(`handles ${signal}`);
      process.exit(5);
    });
    dieOf('SIGTERM');
  },
  'by a library that raises the signal again when it is alone': () => {
    const onSignal = (): void => {
      if (process.listenerCount('SIGTERM') > 1) return;
      process.removeListener('SIGTERM', onSignal);
      process.kill(process.pid, 'SIGTERM');
    };
    process.on('SIGTERM', onSignal);
    dieOf('SIGTERM');
  },
  'by the same signal, after its handlers have gone': () => {
    process.on('SIGTERM', () => {});
    process.removeAllListeners('SIGTERM');
    dieOf('SIGTERM');
  },
};
ways[way]?.();

function dieOf(signal: NodeJS.Signals): void {
  setInterval(() => {}, 60_000);
  process.kill(process.pid, signal);
}
