import { useQuery } from '@tanstack/react-query';
import { spanQuery } from '../api/queries.ts';
import { failuresOf } from '../span/failure.ts';

/** What a failed span died of, in one line. */
export function FailureLine({ sessionId, spanId }: { sessionId: string; spanId: string }) {
  const { data } = useQuery({ ...spanQuery(sessionId, spanId), staleTime: Number.POSITIVE_INFINITY });
  const failure = data === undefined ? undefined : failuresOf(data)[0];
  if (failure === undefined) return null;
  const line = failure.message === '' ? failure.type : `${failure.type}: ${failure.message}`;
  return (
    <span className="failure-line" title={line}>
      {line}
    </span>
  );
}
