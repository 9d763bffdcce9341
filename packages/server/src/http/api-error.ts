import type { FastifyReply, FastifyRequest } from 'fastify';
import type { ApiError } from '../api/types.ts';
import { refuse } from './refuse.ts';

/** Answers an error in the API's form. */
export function answerApiError(error: unknown, request: FastifyRequest, reply: FastifyReply): void {
  const { code, message } = refuse(error, request, reply);
  reply.send({ error: { code, message } } satisfies ApiError);
}
