/** Takes orders over HTTP, each a session, and hands them to the worker: `node web.ts <address of the worker>`. */
import { once } from 'node:events';
import { createServer } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import process from 'node:process';
import { createInterface } from 'node:readline';
import { init, session, shutdown } from 'agentops';

init({ serviceName: 'web', session: { mode: 'multi' } });

const [workerPort] = process.argv.slice(2);

const server = createServer(async (request, response) => {
  const item = new URL(request.url ?? '/', 'http://web').searchParams.get('item');
  const answer = await session({ name: 'order', metadata: { item } }, async (run) => {
    const socket = connect(Number(workerPort), '127.0.0.1');
    // The message of a queue has headers, or properties; here they are a member.
    socket.end(`${JSON.stringify({ item, headers: run.propagateContext({}) })}\n`);
    const [answer] = await once(createInterface(socket), 'line');
    return { session: run.id, ...JSON.parse(answer) };
  });
  response.end(JSON.stringify(answer));
});
server.listen(0, '127.0.0.1', () => {
  console.log(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
});

// A service that is told to end has the time to deliver.
process.once('SIGTERM', async () => {
  await shutdown();
  process.exit();
});
