/** Two sessions hand jobs to one worker thread, which has an SDK of its own. Arguments: the way, the endpoint. */
import { once } from 'node:events';
import process from 'node:process';
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';
import {
  bind,
  continueSession,
  currentSession,
  flush,
  init,
  session,
  shutdown,
  TraceContext,
  tool,
} from 'agentops';

interface Job {
  readonly name: string;
  readonly trace: object;
}

const [way, endpoint] = process.argv.slice(2) as [string, string];
const options = { endpoint, logs: { level: 'silent' }, live: false, batch: { interval: 60_000 } } as const;

if (!isMainThread) {
  const { trace, endpoint: url } = workerData as { readonly trace?: object; readonly endpoint: string };
  const continueFromEnvironment = way === 'by its environment' ? { continueFromEnvironment: true } : {};
  init({ ...options, endpoint: url, serviceName: 'thread', session: continueFromEnvironment });
  const work = (name: string): Promise<string> => tool(name, async () => `${name} done`);
  if (way === 'by workerData') await continueSession(trace, () => work('given'), { name: 'thread part' });
  else if (way === 'by its environment') await work('given');
  else {
    parentPort?.on('message', async (job: Job | 'flush') => {
      if (job === 'flush') await flush();
      const answer =
        job === 'flush'
          ? job
          : await continueSession(job.trace, () => work(job.name), { name: `job ${job.name}` });
      parentPort?.postMessage(answer);
    });
  }
} else {
  init({ ...options, serviceName: 'main', session: { mode: 'multi' } });
  if (way === 'by messages') {
    const worker = new Worker(import.meta.filename, { argv: [way], workerData: { endpoint } });
    await Promise.all(
      ['a', 'b'].map((name) =>
        session(name, async () => {
          const answered = Promise.withResolvers<void>();
          const onAnswer = (answer: string): void => {
            if (answer !== `${name} done`) return;
            console.log(`${answer} in ${currentSession()?.name}`);
            worker.off('message', heard);
            answered.resolve();
          };
          const heard = bind(onAnswer);
          worker.on('message', heard);
          worker.postMessage({ name, trace: TraceContext.current().toJSON() } satisfies Job);
          await answered.promise;
        }),
      ),
    );
    // Whoever terminates a thread has it flush first: it has no say in its end.
    worker.postMessage('flush');
    await once(worker, 'message');
    await worker.terminate();
  } else {
    await session('a', async () => {
      const here = TraceContext.current();
      const worker = new Worker(import.meta.filename, {
        argv: [way],
        workerData: { endpoint, trace: here.toJSON() },
        ...(way === 'by its environment' && { env: here.toEnvironment() }),
      });
      await once(worker, 'exit');
    });
  }
  await shutdown();
}
