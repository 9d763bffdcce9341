/** Does the orders that come over its socket: `node worker.ts <address of the pricing service>`. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import process from 'node:process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { credentials } from '@grpc/grpc-js';
import { SpanKind } from '@opentelemetry/api';
import { agent, continueSession, init, shutdown, TraceContext } from 'agentops';
import { clientInterceptor } from 'agentops/grpc';
import { PricingClient, type Quote, type QuoteRequest } from './pricing-service.ts';

init({ serviceName: 'worker', session: { mode: 'multi' } });

interface Order {
  readonly item: string;
  readonly headers: Readonly<Record<string, string>>;
}

const [pricingAddress = ''] = process.argv.slice(2);
const pricing = new PricingClient(pricingAddress, credentials.createInsecure(), {
  interceptors: [clientInterceptor()],
});
const quote: (request: QuoteRequest) => Promise<Quote> = promisify(pricing.quote.bind(pricing));

/** A program that knows no SDK: it joins by the `TRACEPARENT` of its environment. */
async function printLabel(): Promise<void> {
  const program = fileURLToPath(new URL('label-printer.mjs', import.meta.url));
  const env = TraceContext.current().toEnvironment();
  await once(spawn(process.execPath, [program], { env, stdio: 'inherit' }), 'exit');
}

const server = createServer({ allowHalfOpen: true }, async (socket) => {
  const [line] = await once(createInterface(socket), 'line');
  const { item, headers }: Order = JSON.parse(line);
  const answer = await continueSession(
    headers,
    () =>
      agent('buyer', async () => {
        const { price, left } = await quote({ item });
        await printLabel();
        return { item, price, left };
      }),
    { name: 'process order', kind: SpanKind.CONSUMER, from: socket.remoteAddress },
  );
  socket.end(`${JSON.stringify(answer)}\n`);
});
server.listen(0, '127.0.0.1', () => console.log((server.address() as AddressInfo).port));

// A service that is told to end has the time to deliver.
process.once('SIGTERM', async () => {
  await shutdown();
  process.exit();
});
