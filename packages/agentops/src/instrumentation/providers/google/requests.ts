import { replaceMember } from '../../watch-iterator.ts';
import type { RequestMethod } from '../../watch-request.ts';

/** The part of a client that sends for most others: models, files, caches, batches, … */
const API_CLIENT = ['apiClient'];
/** Sends by a client of its own. */
const INTERACTIONS = ['interactions'];

/** What the client's methods that send one request go through. */
const request: RequestMethod = {
  owner: API_CLIENT,
  name: 'request',
  request: ([outline]) => {
    const { httpMethod, path } = Object(outline) as { httpMethod?: unknown; path?: unknown };
    return typeof httpMethod === 'string' && typeof path === 'string'
      ? { method: httpMethod, route: routeOfAction(path), model: modelIn(path) }
      : undefined;
  },
  around: watchAnswer,
};

/** Those that send several requests, which are then within one call. */
const uploads: readonly RequestMethod[] = [
  fixed(API_CLIENT, 'uploadFile', 'POST', '/upload/files'),
  fixed(API_CLIENT, 'uploadFileToFileSearchStore', 'POST', '/upload/fileSearchStores/{id}'),
  fixed(API_CLIENT, 'downloadFile', 'GET', '/files/{id}:download'),
];

const interactions: readonly RequestMethod[] = [
  fixed(INTERACTIONS, 'get', 'GET', '/interactions/{id}'),
  fixed(INTERACTIONS, 'cancel', 'POST', '/interactions/{id}/cancel'),
  fixed(INTERACTIONS, 'delete', 'DELETE', '/interactions/{id}'),
];

export const googleRequests: readonly RequestMethod[] = [request, ...uploads, ...interactions];

function fixed(owner: readonly string[], name: string, method: string, route: string): RequestMethod {
  return { owner, name, request: () => ({ method, route }) };
}

/** Collections and the names of their members take turns: `models/imagen-4:predict` is `/models/{id}:predict`. */
function routeOfAction(path: string): string {
  const [, resource = path, action = ''] = /^(.*?)(:\w+)?$/.exec(path) ?? [];
  const segments = resource.split('/').map((segment, index) => (index % 2 === 0 ? segment : '{id}'));
  return `/${segments.join('/')}${action}`;
}

function modelIn(path: string): string | undefined {
  return /(?:^|\/)models\/([^/:]+)/.exec(path)?.[1];
}

/** A request is over when its answer has been read, which the client's methods do at once or not at all. */
function watchAnswer(_client: object, send: () => unknown, watch: (promise: unknown) => unknown): unknown {
  const sent = send();
  if (!(sent instanceof Promise)) return watch(sent);
  // Not the promise that the client waits for: it must not wait for the body, nor must a rejection be handled for it.
  void Promise.resolve(watch(sent.then(bodyOf))).catch(() => undefined);
  return sent;
}

function bodyOf(response: unknown): unknown {
  const { json } = Object(response) as { json?: unknown };
  if (typeof json !== 'function') return undefined;
  return new Promise((resolve) => {
    const read = (): unknown => {
      const body: unknown = json.call(response);
      resolve(body);
      return body;
    };
    if (!replaceMember(response as object, 'json', read)) resolve(undefined);
    setImmediate(resolve);
  });
}
