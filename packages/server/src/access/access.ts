import type { IncomingHttpHeaders } from 'node:http';
import type { ApiKeys } from '@agentops/postgres';
import type { FastifyInstance } from 'fastify';
import { Refusal } from '../http/refusal.ts';
import { requireLocal } from './loopback.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** The project that the request's credential opens. Set on routes behind `requireProject`. */
    project: string;
  }
}

/** The project of requests without a key, on a loopback address. */
const DEFAULT_PROJECT = 'default';

/** On a loopback address, every request without a key must come from this machine. */
export function guardLoopback(app: FastifyInstance): void {
  app.addHook('onRequest', async ({ headers }) => {
    if (presentedKey(headers) === undefined) requireLocal(headers);
  });
}

/**
 * Puts the routes of `app` behind a credential, which alone decides the project.
 *
 * @param keyless whether a request without a key is the default project's.
 */
export function requireProject(app: FastifyInstance, keys: ApiKeys, keyless: boolean): void {
  app.decorateRequest('project', '');
  app.addHook('onRequest', async (request) => {
    request.project = await projectOf(request.headers, keys, keyless);
  });
}

async function projectOf(headers: IncomingHttpHeaders, keys: ApiKeys, keyless: boolean): Promise<string> {
  const key = presentedKey(headers);
  if (key === undefined) {
    if (keyless) return DEFAULT_PROJECT;
    throw unauthorized('An API key is needed.');
  }
  const project = await keys.projectOf(key);
  // One text for unknown and revoked: an answer must not tell whether a key ever existed.
  if (project === undefined) throw unauthorized('The API key is not valid.');
  return project;
}

/** The key a request carries, of whatever worth; undefined where it carries none. */
function presentedKey(headers: IncomingHttpHeaders): string | undefined {
  const { authorization, 'x-agentops-api-key': apiKey } = headers;
  if (authorization) return /^Bearer +(\S+) *$/i.exec(authorization)?.[1] ?? '';
  return apiKey ? String(apiKey) : undefined;
}

function unauthorized(problem: string): Refusal {
  const message = `${problem} Create one with \`agentops keys create --name NAME\` and send it as \`Authorization: Bearer <key>\`.`;
  return new Refusal(401, 'unauthorized', message, { headers: { 'www-authenticate': 'Bearer' } });
}
