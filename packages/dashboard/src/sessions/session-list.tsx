import type { SessionList as SessionPage } from '@agentops/server/api';
import { formatCount, pluralize } from '../format/quantity.ts';
import { GettingStarted, NothingFound } from './empty-list.tsx';
import { type FilterChanges, isFiltered, type SessionFilters } from './filters.ts';
import { SessionTable } from './session-table.tsx';
import { useHeldRows } from './use-held-rows.ts';

/** The sessions that match, page after page, or what to do when there are none. */
export function SessionList(props: {
  pages: readonly SessionPage[];
  filters: SessionFilters;
  onFilter: (changes: FilterChanges) => void;
  /** Loads the next page; null on the last one. */
  onMore: (() => void) | null;
  loading: boolean;
}) {
  const { pages, filters, onFilter, onMore, loading } = props;
  const sessions = pages.flatMap((page) => page.sessions);
  const { total, is_total_exact } = pages.at(-1) ?? { total: 0, is_total_exact: true };
  const { shown, held, release, holding } = useHeldRows(sessions);

  if (sessions.length === 0) {
    return isFiltered(filters) ? <NothingFound onFilter={onFilter} /> : <GettingStarted />;
  }
  return (
    <>
      <p className="list-status" role="status">
        Showing {formatCount(shown.length)} of {is_total_exact ? '' : 'more than '}
        {pluralize(total, 'session')}
        {held > 0 && (
          <button type="button" className="link-button" onClick={release}>
            {pluralize(held, 'new session')} above
          </button>
        )}
      </p>
      <div className="table-frame" {...holding}>
        <SessionTable sessions={shown} onFilter={onFilter} />
      </div>
      {onMore !== null && (
        <button type="button" className="button more" disabled={loading} onClick={onMore}>
          {loading ? 'Loading…' : 'Load more'}
        </button>
      )}
    </>
  );
}
