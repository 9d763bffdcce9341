import type { FastifyBaseLogger, FastifyRequest } from 'fastify';
import { pino } from 'pino';
import type { ServerSettings } from '../options.ts';

/**
 * Opens the server's log, and decides what it may hold: no header, no body and no query ever, and of an error
 * nothing but its own text, since database errors carry the row they failed on in their other properties.
 */
export function openLog({ level, stream }: ServerSettings['logger']): FastifyBaseLogger {
  const serializers = {
    req: ({ method, url }: FastifyRequest) => ({ method, url: url.split('?', 1)[0] }),
    err: ({ name, code, message, stack }: Error & { code?: unknown }) => ({
      type: name,
      code,
      message,
      stack,
    }),
  };
  return pino({ level, serializers }, stream);
}
