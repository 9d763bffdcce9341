/** Express: every request of a trusted caller is answered as a part of the caller's session. */
import type { AddressInfo } from 'node:net';
import { handleRequest, init, tool } from 'agentops';
import express from 'express';

init({ serviceName: 'express-example', session: { mode: 'multi' } });

const app = express();
app.use(handleRequest);
app.use(express.json());

app.post('/lamps/:id', (request, response) => {
  response.json(tool('light', () => ({ id: request.params.id, oil: request.body.oil })));
});

const server = app.listen(0, '127.0.0.1', () => {
  const { port } = server.address() as AddressInfo;
  console.log(`http://127.0.0.1:${port}`);
});
