/** What sends the requests of a program: undici, which is behind `fetch`, or Node's own `http` and `https`. */
export type HttpLibrary = 'undici' | 'node';

/** By the names of OpenTelemetry's instrumentations for them. */
const FOREIGN: Readonly<Record<string, HttpLibrary>> = {
  '@opentelemetry/instrumentation-undici': 'undici',
  '@opentelemetry/instrumentation-http': 'node',
};

/** The libraries whose requests have spans of `instrumentations` already. */
export function followedByOthers(
  instrumentations: readonly { readonly instrumentationName: string }[],
): ReadonlySet<HttpLibrary> {
  return new Set(instrumentations.flatMap(({ instrumentationName }) => FOREIGN[instrumentationName] ?? []));
}
