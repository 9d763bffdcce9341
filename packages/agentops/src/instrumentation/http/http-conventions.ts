import * as attr from '../../semconv/attributes.ts';
import type { SetAttribute } from '../../telemetry/processors/attribute-processor.ts';

/** The methods that spans may be named by (https://opentelemetry.io/docs/specs/semconv/http/http-spans/). */
const KNOWN_METHODS = new Set([
  'CONNECT',
  'DELETE',
  'GET',
  'HEAD',
  'OPTIONS',
  'PATCH',
  'POST',
  'PUT',
  'QUERY',
  'TRACE',
]);

/** A method that nobody knows is whatever a caller makes up: it must not become a name. */
export function setMethod(set: SetAttribute, method: string): void {
  const isKnown = KNOWN_METHODS.has(method);
  set(attr.ATTR_HTTP_REQUEST_METHOD, isKnown ? method : '_OTHER');
  set(attr.ATTR_HTTP_REQUEST_METHOD_ORIGINAL, isKnown ? undefined : method);
}

/** `GET /users/{id}`, where the route is known. */
export function spanName(method: string, route?: string): string {
  const verb = KNOWN_METHODS.has(method) ? method : 'HTTP';
  return route === undefined ? verb : `${verb} ${route}`;
}

/** What of a URL may be seen by everyone: no credentials, no query, no fragment. */
export function visibleUrl({ protocol, host, pathname }: URL): string {
  return `${protocol}//${host}${pathname}`;
}

export function portOf({ protocol, port }: URL): number {
  if (port !== '') return Number(port);
  return protocol === 'https:' ? 443 : 80;
}
