import { routeOf } from '../../request-route.ts';
import { replaceMember } from '../../watch-iterator.ts';
import type { RequestMethod } from '../../watch-request.ts';

/**
 * What every method of a Stainless-made client (OpenAI, Anthropic) that sends one request goes through: `get`, `post`,
 * `put`, `patch` and `delete` of the client.
 */
const methodRequest: RequestMethod = {
  name: 'methodRequest',
  request: ([method, path, options]) =>
    typeof method === 'string' && typeof path === 'string'
      ? { method: method.toUpperCase(), route: routeOf(path), ...bodyOf(options) }
      : undefined,
};

/** What that goes on to, which programs may use by themselves. */
const request: RequestMethod = {
  name: 'request',
  request: ([options]) => {
    const outline = outlineOf(options);
    return outline && { ...outline, ...bodyOf(options) };
  },
};

/** The first page of a list. It goes on to `requestAPIList`, which is then within this call. */
const getAPIList: RequestMethod = {
  name: 'getAPIList',
  request: ([path]) => (typeof path === 'string' ? { method: 'GET', route: routeOf(path) } : undefined),
  around: watchInnerPromise,
};

/** The pages after the first. */
const requestAPIList: RequestMethod = {
  name: 'requestAPIList',
  request: ([, options]) => outlineOf(options),
  around: watchInnerPromise,
};

export const stainlessRequests: readonly RequestMethod[] = [
  methodRequest,
  request,
  getAPIList,
  requestAPIList,
];

/**
 * Newer clients give a page promise the `then` of a promise behind it, which they make by `responsePromise`: that one is
 * to be watched. It is caught while the client makes it.
 */
function watchInnerPromise(
  client: object,
  send: () => unknown,
  watch: (promise: unknown) => unknown,
): unknown {
  const original: unknown = Reflect.get(client, 'responsePromise');
  if (typeof original !== 'function') return watch(send());
  let inner: object | undefined;
  const catching = (...args: unknown[]): unknown => {
    const promise: unknown = original.apply(client, args);
    inner ??= Object(promise) as object;
    return watch(promise);
  };
  const own = Object.getOwnPropertyDescriptor(client, 'responsePromise');
  if (!replaceMember(client, 'responsePromise', catching)) return watch(send());
  let page: unknown;
  try {
    page = send();
  } finally {
    if (own === undefined) Reflect.deleteProperty(client, 'responsePromise');
    else Object.defineProperty(client, 'responsePromise', own);
  }
  if (inner === undefined) return watch(page);
  // One promise for both: a second one would reject with nobody to handle it.
  const { responsePromise, asResponse } = inner as { responsePromise: unknown; asResponse: () => unknown };
  return Object.assign(page as object, { responsePromise, asResponse: asResponse.bind(inner) });
}

function outlineOf(options: unknown): { method: string; route: string } | undefined {
  const { method = 'get', path } = Object(options) as { method?: unknown; path?: unknown };
  if (typeof method !== 'string' || typeof path !== 'string') return undefined;
  return { method: method.toUpperCase(), route: routeOf(path) };
}

/** The model that a body names: in the options, or in what they will be when files have been read into a form. */
function bodyOf(options: unknown): { model?: string | undefined; laterModel?: Promise<string | undefined> } {
  if (options instanceof Promise) {
    return {
      laterModel: options.then(
        (resolved) => modelIn(resolved),
        () => undefined,
      ),
    };
  }
  return { model: modelIn(options) };
}

function modelIn(options: unknown): string | undefined {
  const { body } = Object(options) as { body?: unknown };
  const model: unknown =
    body instanceof FormData ? body.get('model') : (Object(body) as { model?: unknown }).model;
  return typeof model === 'string' ? model : undefined;
}
