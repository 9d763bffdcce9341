/** Fastify: every request of a trusted caller is answered as a part of the caller's session. */
import { handleRequest, init, tool } from 'agentops';
import Fastify from 'fastify';

init({ serviceName: 'fastify-example', session: { mode: 'multi' } });

const app = Fastify();
app.addHook('onRequest', (request, reply, done) => {
  handleRequest(request.raw, reply.raw, done, { route: request.routeOptions.url });
});

app.post<{ Params: { id: string }; Body: { oil: number } }>('/lamps/:id', async (request) =>
  tool('light', () => ({ id: request.params.id, oil: request.body.oil })),
);

console.log(await app.listen({ port: 0, host: '127.0.0.1' }));
