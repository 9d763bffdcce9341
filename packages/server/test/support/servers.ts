import type { SpanStore } from '@agentops/postgres';
import { resolveOptions, type ServerOptions } from '../../src/options.ts';
import { type RunningServer, serveStore } from '../../src/server.ts';

/** Options of a server on a free port that logs nothing. */
export const QUIET: ServerOptions = { port: 0, logger: { level: 'silent' } };

/** Serves `store` with the options a test cares about. */
export function serve(
  store: SpanStore,
  options: ServerOptions = {},
  dashboard?: string,
): Promise<RunningServer> {
  return serveStore(
    store,
    resolveOptions({ ...QUIET, ...options }),
    dashboard === undefined ? {} : { dashboard },
  );
}
