import { useQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import { useEffect } from 'react';
import { ApiFailure } from '../api/client.ts';
import { isMoving, sessionQuery, spansQuery } from '../api/queries.ts';
import { FailureBanner } from '../ui/failure-banner.tsx';
import { SessionHeader } from './session-header.tsx';
import { SessionView } from './session-view.tsx';
import './session.css';

const route = getRouteApi('/sessions/$sessionId');

/** The page of one session. */
export function SessionPage() {
  const { sessionId } = route.useParams();
  const session = useQuery(sessionQuery(sessionId));
  const spans = useQuery(spansQuery(sessionId, isMoving(session.data)));
  const name = session.data?.name ?? sessionId;
  useEffect(() => {
    document.title = `${name} · AgentOps`;
  }, [name]);

  const error = session.error ?? spans.error;
  if (error instanceof ApiFailure && error.status === 404) return <UnknownSession sessionId={sessionId} />;
  return (
    <main className="session" aria-busy={session.isPending || spans.isPending}>
      <FailureBanner
        error={error}
        updatedAt={Math.min(session.dataUpdatedAt, spans.dataUpdatedAt)}
        onRetry={() => {
          void session.refetch();
          void spans.refetch();
        }}
      />
      {session.data !== undefined && <SessionHeader session={session.data} />}
      {session.data !== undefined && spans.data !== undefined && (
        <SessionView
          key={sessionId}
          session={session.data}
          spans={spans.data.spans}
          asOf={spans.dataUpdatedAt}
        />
      )}
    </main>
  );
}

function UnknownSession({ sessionId }: { sessionId: string }) {
  return (
    <main className="notice">
      <h1>This session is not here</h1>
      <p>
        No session has the id <code>{sessionId}</code>. It may not have sent its first span yet, belong to
        another project, or be older than what is kept.
      </p>
      <p>
        <Link to="/">See all sessions</Link>
      </p>
    </main>
  );
}
