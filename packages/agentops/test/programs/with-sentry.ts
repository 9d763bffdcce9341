/**
 * Sentry is set up first, then the SDK. A request of a real client is answered in a session whose work is watched by both.
 * Arguments: Sentry's DSN, where spans go, the model server, and Sentry's options as JSON.
 */
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { trace } from '@opentelemetry/api';
import * as Sentry from '@sentry/node';
import {
  agent,
  continueSession,
  init,
  instrument,
  session,
  shutdown,
  TraceContext,
  type TraceContextJson,
  tool,
} from 'agentops';
import OpenAI from 'openai';

const [, , dsn = '', endpoint = '', models = '', options = '{}'] = process.argv;
Sentry.init({ dsn, tracesSampleRate: 1, ...JSON.parse(options) });
init({ exporters: [{ type: 'otlp', endpoint }], live: false, spool: false });

const openai = instrument(new OpenAI({ apiKey: 'key', baseURL: `${models}/v1`, maxRetries: 0 }));
const messages = [{ role: 'user' as const, content: 'How warm is it?' }];
const ask = () => openai.chat.completions.create({ model: 'gpt-4o', messages });

let place: TraceContextJson = {};
const server = createServer(async (_request, response) => {
  const answer = await session('run', () =>
    agent('keeper', () =>
      Sentry.startSpan({ name: 'outer' }, () =>
        tool('measure', () => {
          place = TraceContext.current().toJSON();
          return Sentry.startSpan({ name: 'inner' }, () =>
            trace.getTracer('app').startActiveSpan('app work', async (span) => {
              const completion = await ask();
              span.end();
              return completion.choices[0]?.message.content;
            }),
          );
        }),
      ),
    ),
  );
  response.end(answer);
});
server.listen(0, '127.0.0.1');
await once(server, 'listening');
const { port } = server.address() as AddressInfo;
const answered = await fetch(`http://127.0.0.1:${port}/ask`);
console.log(await answered.text());
server.close();
// As another process would, when the session is over here.
continueSession(place, () => Sentry.startSpan({ name: 'afterwards' }, () => tool('tell', () => {})));
await shutdown();
await Sentry.close(2000);
