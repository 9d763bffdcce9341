import type {
  SessionDocument,
  SessionList,
  SessionListQuery,
  SpanDocument,
  SpanList,
  SpanSkeleton,
} from '@agentops/server/api';
import {
  type InfiniteData,
  infiniteQueryOptions,
  keepPreviousData,
  QueryClient,
  queryOptions,
} from '@tanstack/react-query';
import { ApiFailure, getDocument } from './client.ts';

const LIST_INTERVAL_MS = 5_000;
const RUNNING_INTERVAL_MS = 2_000;
/** Spans may arrive in batches after the root's: for so long after its end, a session is still looked at. */
const SETTLING_MS = 60_000;

/** The page's one cache of what the backend answered. Only failures that may pass are tried again. */
export function createQueryClient(): QueryClient {
  return new QueryClient({
    defaultOptions: {
      queries: {
        // The backend often is this very machine, reachable while the browser believes itself offline.
        networkMode: 'always',
        retry: (failures, error) => failures < 1 && error instanceof ApiFailure && error.passing,
        retryDelay: 500,
      },
    },
  });
}

/** The list of sessions, newest first, a page at a time; kept up to date while the tab is visible. */
export function sessionsQuery(filters: Omit<SessionListQuery, 'limit' | 'cursor'>) {
  return infiniteQueryOptions({
    queryKey: ['sessions', filters],
    queryFn: ({ pageParam, signal }) => {
      const query = new URLSearchParams(
        Object.entries(filters).map(([name, value]) => [name, String(value)] as [string, string]),
      );
      if (pageParam !== null) query.set('cursor', pageParam);
      return getDocument<SessionList>(`/api/sessions?${query}`, signal);
    },
    initialPageParam: null as string | null,
    getNextPageParam: (page: SessionList) => page.next_cursor,
    placeholderData: keepPreviousData<InfiniteData<SessionList, string | null>>,
    refetchInterval: LIST_INTERVAL_MS,
  });
}

/** One session. */
export function sessionQuery(sessionId: string) {
  return queryOptions({
    queryKey: ['session', sessionId],
    queryFn: ({ signal }) => getDocument<SessionDocument>(sessionPath(sessionId), signal),
    refetchInterval: ({ state: { data } }) => {
      if (isMoving(data)) return RUNNING_INTERVAL_MS;
      return isLost(data) ? LIST_INTERVAL_MS : false;
    },
  });
}

/** Every span of a session, without attributes. `moving` says that more may come; others may run on after the session's end. */
export function spansQuery(sessionId: string, moving: boolean) {
  return queryOptions({
    queryKey: ['spans', sessionId],
    queryFn: ({ signal }) => getDocument<SpanList>(`${sessionPath(sessionId)}/spans`, signal),
    refetchInterval: ({ state }) => {
      if (moving) return RUNNING_INTERVAL_MS;
      return state.data?.spans.some(isRunning) ? LIST_INTERVAL_MS : false;
    },
  });
}

/** One span with everything; an unfinished one is asked for until it is finished. */
export function spanQuery(sessionId: string, spanId: string) {
  return queryOptions({
    queryKey: ['span', sessionId, spanId],
    queryFn: ({ signal }) =>
      getDocument<SpanDocument>(`${sessionPath(sessionId)}/spans/${encodeURIComponent(spanId)}`, signal),
    refetchInterval: ({ state: { data } }) => {
      if (data?.end_time !== null) return false;
      return isRunning(data) ? RUNNING_INTERVAL_MS : LIST_INTERVAL_MS;
    },
  });
}

/** True while a session runs, and a moment longer. */
export function isMoving(session: SessionDocument | undefined): boolean {
  if (session?.end_state === null) return true;
  const endedAt = session?.ended_at ?? null;
  return endedAt !== null && Date.now() - Date.parse(endedAt) < SETTLING_MS;
}

/** True where the sender gives no sign of life. It may yet: then the session goes on. */
function isLost(session: SessionDocument | undefined): boolean {
  return session?.end_state === 'Indeterminate' && session.ended_at === null;
}

function isRunning({ end_time, lost_time }: SpanSkeleton): boolean {
  return end_time === null && lost_time === null;
}

function sessionPath(sessionId: string): string {
  return `/api/sessions/${encodeURIComponent(sessionId)}`;
}
