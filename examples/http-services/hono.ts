/** Hono on Node: every request of a trusted caller is answered as a part of the caller's session. */
import { type HttpBindings, serve } from '@hono/node-server';
import { handleRequest, init, tool } from 'agentops';
import { Hono } from 'hono';
import { routePath } from 'hono/route';

init({ serviceName: 'hono-example', session: { mode: 'multi' } });

const app = new Hono<{ Bindings: HttpBindings }>();
app.use((context, next) =>
  handleRequest(context.env.incoming, context.env.outgoing, next, { route: () => routePath(context, -1) }),
);

app.post('/lamps/:id', async (context) => {
  const { oil } = await context.req.json<{ oil: number }>();
  return context.json(tool('light', () => ({ id: context.req.param('id'), oil })));
});

serve({ fetch: app.fetch, port: 0, hostname: '127.0.0.1' }, ({ port }) =>
  console.log(`http://127.0.0.1:${port}`),
);
