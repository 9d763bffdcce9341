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
  app.get('/api/sessions', async ({ project, query }) =>
    store.sessions(project, parseQuery(sessionListQuery, query)),
  );

  app.get<{ Params: SessionAddress }>('/api/sessions/:id', async ({ project, params: { id }, query }) => {
    parseQuery(emptyQuery, query);
    return found(await underAnyForm(id, (form) => store.session(project, form)), `session ${id}`);
  });

  app.get<{ Params: SessionAddress }>(
    '/api/sessions/:id/spans',
    async ({ project, params: { id }, query }) => {
      parseQuery(emptyQuery, query);
      return found(await underAnyForm(id, (form) => store.spans(project, form)), `session ${id}`);
    },
  );

  app.get<{ Params: SpanAddress }>('/api/sessions/:id/spans/:span_id', async ({ project, params, query }) => {
    parseQuery(emptyQuery, query);
    const { id, span_id } = params;
    const span = await underAnyForm(id, (form) => store.span(project, form, span_id.toLowerCase()));
    return found(span, `span ${span_id} in session ${id}`);
  });
}

/** What is stored under `id`; else, for a UUID as Jaeger and other tools write it, under the form sessions have here. */
async function underAnyForm<Document>(
  id: string,
  read: (id: string) => Promise<Document | undefined>,
): Promise<Document | undefined> {
  const asGiven = await read(id);
  const digits = id.replaceAll('-', '').toLowerCase();
  if (asGiven !== undefined || !/^[0-9a-f]{32}$/.test(digits)) return asGiven;
  const uuid = digits.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
  return uuid === id ? undefined : read(uuid);
}

function found<Document>(document: Document | undefined, what: string): Document {
  if (document !== undefined) return document;
  throw new Refusal(404, 'not_found', `There is no ${what} in this project.`);
}
