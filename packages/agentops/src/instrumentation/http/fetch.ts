import { context } from '@opentelemetry/api';
import { currentClient } from '../../default-client.ts';
import { withFollowedRequests } from './http-client.ts';
import { watchRequests } from './watch-requests.ts';

/**
 * The `fetch` of the program, with the trace going on in whoever is asked: inside a session the request has a span, and
 * trace headers go to the hosts that may have them (`context.hosts`), baggage to those of `context.baggage.hosts`, nothing
 * to models' providers. Takes, returns and throws what `fetch` does. For all requests of a program:
 * `instrumentations: { http: true }`.
 */
export function fetch(...args: Parameters<typeof globalThis.fetch>): ReturnType<typeof globalThis.fetch> {
  if (!currentClient().telemetry.enabled) return globalThis.fetch(...args);
  watchRequests();
  return context.with(withFollowedRequests(context.active()), () => globalThis.fetch(...args));
}
