/** Records one tool in a session and ends in the way it is told to. Arguments: the way, the endpoint. */
import { Readable } from 'node:stream';
import { init, session, startSession, tool } from 'agentops';

const [way, endpoint] = process.argv.slice(2) as [string, string];
init({ endpoint, logs: { level: 'silent' }, batch: { interval: 60_000 } });

const ways: Record<string, () => unknown> = {
  async normally() {
    await session('run', () => tool('search', async () => 'found'));
  },
  'with an open session'() {
    startSession({ name: 'run' }).run(() => tool('search', () => 'found'));
  },
  'with an exit code'() {
    session('run', () => tool('search', () => 'found'));
    process.exitCode = 3;
  },
  'on an unhandled rejection'() {
    void session('run', () => tool('search', () => Promise.reject(new Error('nobody cares'))));
  },
  'on an unhandled rejection of a lazy promise'() {
    class Request extends Promise<void> {}
    void tool('search', () => new Request((_, reject) => reject(new Error('nobody cares'))));
  },
  'on an unhandled stream error'() {
    const stream = tool('search', () => new Readable({ read() {} }));
    stream.destroy(new Error('cut off'));
  },
};
await ways[way]?.();
console.log('last line');
