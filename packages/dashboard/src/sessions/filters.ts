import type { SessionListQuery } from '@agentops/server/api';

/** What the list of sessions is narrowed to; kept in the page's address. */
export type SessionFilters = Omit<SessionListQuery, 'limit' | 'cursor'>;

/** The states a session can be filtered by. */
export const STATES = ['running', 'Success', 'Fail', 'Indeterminate'] as const;

/** Reads filters from an address. What is unknown or empty is ignored: an old link must still open. */
export function parseFilters(search: Record<string, unknown>): SessionFilters {
  const filters: SessionFilters = {};
  for (const name of ['q', 'tag', 'service', 'user'] as const) {
    const value = search[name];
    if (typeof value === 'string' && value !== '') filters[name] = value;
  }
  const state = STATES.find((known) => known === search.state);
  if (state !== undefined) filters.state = state;
  if (String(search.errors) === 'true') filters.errors = true;
  return filters;
}

/** New values of some filters; undefined takes a filter away. */
export type FilterChanges = { readonly [Name in keyof SessionFilters]?: SessionFilters[Name] | undefined };

/** The filters with `changes` made. */
export function changeFilters(filters: SessionFilters, changes: FilterChanges): SessionFilters {
  return parseFilters({ ...filters, ...changes });
}

/** True where any filter narrows the list. */
export function isFiltered(filters: SessionFilters): boolean {
  return Object.keys(filters).length > 0;
}
