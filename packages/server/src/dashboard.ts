import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import fastifyStatic from '@fastify/static';
import type { FastifyInstance } from 'fastify';

/** Where the dashboard's build puts its files. */
export const DASHBOARD_FILES = fileURLToPath(new URL('../public', import.meta.url));

/** Addresses that are views of the page, to be opened and reloaded like any other. */
const VIEWS = ['/', '/sessions', '/sessions/*'];

const NOT_BUILT = 'The dashboard has not been built. Run `npm run build`, then start the server again.\n';

/**
 * Serves the dashboard: the page for each of its views, and the files in `directory`. Files under `assets/` carry
 * a hash of their content in their names and never change; everything else is asked for again.
 */
export async function serveDashboard(app: FastifyInstance, directory: string): Promise<void> {
  const built = existsSync(`${directory}/index.html`);
  if (built) {
    await app.register(fastifyStatic, {
      root: directory,
      index: false,
      dotfiles: 'ignore',
      cacheControl: false,
      setHeaders: (reply, path) => {
        const hashed = path.startsWith(`${directory}/assets/`);
        reply.header('cache-control', hashed ? 'public, max-age=31536000, immutable' : 'no-cache');
      },
    });
  }
  for (const view of VIEWS) {
    app.get(view, (_request, reply) =>
      built
        ? reply.sendFile('index.html')
        : reply.code(503).type('text/plain; charset=utf-8').send(NOT_BUILT),
    );
  }
}
