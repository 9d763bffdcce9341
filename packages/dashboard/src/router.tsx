import { createRootRoute, createRoute, createRouter } from '@tanstack/react-router';
import { SessionPage } from './session/session-page.tsx';
import { parseFilters } from './sessions/filters.ts';
import { SessionsPage } from './sessions/sessions-page.tsx';
import { Shell, UnknownPage } from './ui/shell.tsx';

const root = createRootRoute({ component: Shell, notFoundComponent: UnknownPage });

const sessions = createRoute({
  getParentRoute: () => root,
  path: '/',
  validateSearch: parseFilters,
  component: SessionsPage,
});

const session = createRoute({
  getParentRoute: () => root,
  path: '/sessions/$sessionId',
  validateSearch: ({ span }: Record<string, unknown>): { span?: string } =>
    typeof span === 'string' && span !== '' ? { span } : {},
  component: SessionPage,
});

/** The page's addresses. */
export const router = createRouter({
  routeTree: root.addChildren([sessions, session]),
  // The router's own way reads values as JSON: span ids made of digits would come out as numbers, rounded.
  parseSearch: (search) => Object.fromEntries(new URLSearchParams(search)),
  stringifySearch: (search) => {
    const entries = Object.entries(search).filter(([, value]) => value !== undefined);
    const query = new URLSearchParams(entries.map(([name, value]) => [name, String(value)]));
    return query.size === 0 ? '' : `?${query}`;
  },
});

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router;
  }
}
