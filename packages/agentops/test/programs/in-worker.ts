/** Records a tool in a worker thread that ends in the way it is told to. Arguments: the way, the endpoint. */
import process from 'node:process';
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';
import { init, startSession, tool } from 'agentops';

if (isMainThread) {
  const worker = new Worker(import.meta.filename, { workerData: process.argv.slice(2) });
  worker.on('error', (error: Error) => console.log(error.message));
  worker.on('message', () => void worker.terminate());
  worker.on('exit', (code) => console.log(`the worker ended with ${code}`));
} else {
  const [way, endpoint] = workerData as [string, string];
  init({ endpoint, logs: { level: 'silent' }, batch: { interval: 60_000 }, retry: { attempts: 1 } });
  startSession({ name: `run ${way}` }).run(() => tool('search', () => 'found'));
  const ways: Record<string, () => unknown> = {
    'by returning': () => {},
    'by process.exit(3)': () => process.exit(3),
    'by an uncaught exception': () => {
      throw new Error('nobody catches');
    },
    'by being terminated': () => {
      parentPort?.postMessage('ready');
      setInterval(() => {}, 60_000);
    },
  };
  ways[way]?.();
}
