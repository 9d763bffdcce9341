import { STATUS_CODES } from 'node:http';
import { OtlpDecodeError } from '@agentops/otlp';
import { StoreError } from '@agentops/postgres';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Refusal } from './refusal.ts';

/** Turns whatever went wrong into a refusal, logs what the sender cannot mend, and sets status and headers. */
export function refuse(error: unknown, { log }: FastifyRequest, reply: FastifyReply): Refusal {
  const refusal = refusalOf(error);
  if (refusal.status === 500) log.error({ err: refusal.cause }, refusal.message);
  else if (refusal.code === 'store_refuses') log.error({ err: refusal.cause }, refusal.message);
  else if (refusal.status === 503)
    log.warn(refusal.cause instanceof Error ? refusal.cause.message : refusal.message);
  reply.code(refusal.status).headers(refusal.headers);
  return refusal;
}

function refusalOf(error: unknown): Refusal {
  if (error instanceof Refusal) return error;
  if (error instanceof OtlpDecodeError) return new Refusal(400, 'malformed', error.message);
  if (error instanceof StoreError && error.code === 'unavailable') {
    const message = 'The database cannot be reached. Send this request again: no span is stored twice.';
    return new Refusal(503, 'unavailable', message, { retryAfter: 1, cause: error });
  }
  if (error instanceof StoreError && error.barred) {
    const message =
      'The database refuses what this server asks of it until somebody mends that; the log of the server says what. ' +
      'Send this request again: no span is stored twice.';
    return new Refusal(503, 'store_refuses', message, { retryAfter: 1, cause: error });
  }
  if (error instanceof StoreError && error.code === 'invalid_query') {
    return new Refusal(400, 'invalid_query', error.message);
  }
  if (error instanceof StoreError && error.code === 'timeout') {
    return new Refusal(504, 'query_timeout', error.message);
  }
  const status = error instanceof Error && 'statusCode' in error ? Number(error.statusCode) : 500;
  if (status >= 400 && status < 500) return new Refusal(status, codeOf(status), (error as Error).message);
  return new Refusal(500, 'internal', 'The server failed on this request; its log says why.', {
    cause: error,
  });
}

/** The code of what the framework itself refused. */
function codeOf(status: number): string {
  return (STATUS_CODES[status] ?? 'bad request').toLowerCase().replaceAll(/\W+/g, '_');
}
