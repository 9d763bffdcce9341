import type { SpanStore } from '@agentops/postgres';
import type { FastifyInstance } from 'fastify';
import { Refusal } from '../http/refusal.ts';
import { emptyQuery, parseQuery, sessionListQuery } from './query.ts';

interface SessionAddress {
  id: string;
}

interface SpanAddress extends SessionAddress {
  span_id: string;
}

/** `GET /api/sessions` and what is below it: the store's documents, of the request's project only. */
export function serveSessions(app: FastifyInstance, store: SpanStore): void {
  app.addHook('onRequest', async ({ url }, reply) => {
    if (url.includes('%00'))
      throw new Refusal(400, 'invalid_url', 'The address holds a NUL character (%00).');
    reply.header('cache-control', 'no-store');
  });

  app.get('/api/sessions', async ({ project, query }) =>
    store.sessions(project, parseQuery(sessionListQuery, query)),
  );

  app.get<{ Params: SessionAddress }>('/api/sessions/:id', async ({ project, params: { id }, query }) => {
    parseQuery(emptyQuery, query);
    return found(await store.session(project, id), `session ${id}`);
  });

  app.get<{ Params: SessionAddress }>(
    '/api/sessions/:id/spans',
    async ({ project, params: { id }, query }) => {
      parseQuery(emptyQuery, query);
      return found(await store.spans(project, id), `session ${id}`);
    },
  );

  app.get<{ Params: SpanAddress }>('/api/sessions/:id/spans/:span_id', async ({ project, params, query }) => {
    parseQuery(emptyQuery, query);
    const { id, span_id } = params;
    return found(await store.span(project, id, span_id), `span ${span_id} in session ${id}`);
  });
}

function found<Document>(document: Document | undefined, what: string): Document {
  if (document !== undefined) return document;
  throw new Refusal(404, 'not_found', `There is no ${what} in this project.`);
}
