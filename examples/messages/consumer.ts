/** Reads messages until the reminder has come: `node consumer.ts <port of the broker>`. */
import process from 'node:process';
import { SpanKind } from '@opentelemetry/api';
import { continueSession, init, shutdown, task } from 'agentops';
import rhea, { type EventContext } from 'rhea';

init({ serviceName: 'consumer', session: { mode: 'multi' } });

const attributes = { 'messaging.system': 'amqp', 'messaging.destination.name': 'jobs' };
const connection = rhea.create_container().connect({ host: '127.0.0.1', port: Number(process.argv[2]) });
const working: Promise<void>[] = [];

connection.open_receiver('jobs').on('message', ({ message }: EventContext) => {
  const body = String(message?.body);
  const work = continueSession(
    message?.application_properties,
    (run) =>
      task(`write ${body}`, async () => {
        await new Promise(setImmediate);
        console.log(`${body} of ${run.id}`);
      }),
    { name: 'process jobs', kind: SpanKind.CONSUMER, attributes },
  );
  working.push(work);
  if (body === 'reminder') void finish();
});

async function finish(): Promise<void> {
  await Promise.all(working);
  connection.close();
  await shutdown();
}
