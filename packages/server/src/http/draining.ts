import type { FastifyInstance } from 'fastify';

/**
 * From the moment the server closes, the last answer on a connection ends it: `close()` waits for connections, and
 * a sender would otherwise keep its own open for as long as it likes.
 */
export function endConnectionsOnClose(app: FastifyInstance): void {
  let closing = false;
  app.addHook('preClose', async () => {
    closing = true;
  });
  app.addHook('onSend', async (_request, reply) => {
    if (closing) reply.header('connection', 'close');
  });
}
