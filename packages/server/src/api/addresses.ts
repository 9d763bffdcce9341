import type { FastifyInstance } from 'fastify';
import { Refusal } from '../http/refusal.ts';

/** What every address of the query API has in common: no cache keeps an answer, and no text holds a NUL. */
export function guardAddresses(app: FastifyInstance): void {
  app.addHook('onRequest', async ({ url }, reply) => {
    if (url.includes('%00'))
      throw new Refusal(400, 'invalid_url', 'The address holds a NUL character (%00).');
    reply.header('cache-control', 'no-store');
  });
}
