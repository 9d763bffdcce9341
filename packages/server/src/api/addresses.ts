import type { FastifyInstance } from 'fastify';
import { Refusal } from '../http/refusal.ts';

/** Percent-encoded, so longer than any id that the store takes. */
const LONGEST_PART = 1024;

/** What every address of the query API has in common: no cache keeps an answer, and no text holds a NUL or goes on and on. */
export function guardAddresses(app: FastifyInstance): void {
  app.addHook('onRequest', async ({ url }, reply) => {
    if (url.includes('%00'))
      throw new Refusal(400, 'invalid_url', 'The address holds a NUL character (%00).');
    const [path = ''] = url.split('?', 1);
    if (path.split('/').some((part) => part.length > LONGEST_PART)) {
      throw new Refusal(414, 'uri_too_long', 'A part of the address is longer than any id: shorten it.');
    }
    reply.header('cache-control', 'no-store');
  });
}
