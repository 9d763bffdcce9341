import { useInfiniteQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { useEffect } from 'react';
import { sessionsQuery } from '../api/queries.ts';
import { FailureBanner } from '../ui/failure-banner.tsx';
import { FilterBar } from './filter-bar.tsx';
import { changeFilters, type FilterChanges } from './filters.ts';
import { SessionList } from './session-list.tsx';
import './sessions.css';

const route = getRouteApi('/');

/** The page of all sessions. */
export function SessionsPage() {
  const filters = route.useSearch();
  const navigate = route.useNavigate();
  const list = useInfiniteQuery(sessionsQuery(filters));
  const onFilter = (changes: FilterChanges) =>
    void navigate({ search: changeFilters(filters, changes), replace: true });

  useEffect(() => {
    document.title = 'Sessions · AgentOps';
  }, []);

  return (
    <main className="sessions" aria-busy={list.isPending || list.isPlaceholderData}>
      <h1 className="visually-hidden">Sessions</h1>
      <FilterBar filters={filters} onFilter={onFilter} />
      <FailureBanner error={list.error} updatedAt={list.dataUpdatedAt} onRetry={() => void list.refetch()} />
      {list.data !== undefined && (
        <SessionList
          key={JSON.stringify(filters)}
          pages={list.data.pages}
          filters={filters}
          onFilter={onFilter}
          onMore={list.hasNextPage ? () => void list.fetchNextPage() : null}
          loading={list.isFetchingNextPage}
        />
      )}
    </main>
  );
}
