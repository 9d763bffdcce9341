/** Sessions that go on where their messages are read, over AMQP: `node main.ts`. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { SpanKind } from '@opentelemetry/api';
import { init, session, sessionTracer, shutdown, TraceContext } from 'agentops';
import rhea from 'rhea';
import { startBroker } from './broker.ts';

init({ serviceName: 'producer', session: { mode: 'multi' } });

const broker = await startBroker();
const connection = rhea.create_container().connect({ host: '127.0.0.1', port: broker.port });
const sender = connection.open_sender('jobs');
await once(sender, 'sendable');

const tracer = sessionTracer('example.messages');
const attributes = { 'messaging.system': 'amqp', 'messaging.destination.name': 'jobs' };

/** The application's properties of a message are its carrier. */
function send(body: string): void {
  tracer.startActiveSpan('send jobs', { kind: SpanKind.PRODUCER, attributes }, (span) => {
    sender.send({ body, application_properties: TraceContext.current().inject({}) });
    span.end();
  });
}

// Three sessions, whose messages lie between each other's.
await Promise.all(
  ['a', 'b', 'c'].map((name) =>
    session(`report ${name}`, async () => {
      for (const chapter of [1, 2]) {
        send(`${name}${chapter}`);
        await new Promise(setImmediate);
      }
    }),
  ),
);

// A session that is long over when somebody comes back to it: its reference is kept, and is a carrier as well.
const kept = session('order', (run) => JSON.stringify(run.reference()));
sender.send({ body: 'reminder', application_properties: JSON.parse(kept) });

const consumer = fileURLToPath(new URL('consumer.ts', import.meta.url));
await once(
  spawn(process.execPath, [...process.execArgv, consumer, String(broker.port)], { stdio: 'inherit' }),
  'exit',
);
connection.close();
broker.close();
await shutdown();
