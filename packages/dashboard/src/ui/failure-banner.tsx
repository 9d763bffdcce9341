import { useSyncExternalStore } from 'react';
import { onCredentialsChange, readCredentials } from '../api/credentials.ts';

/** Says that the backend failed, and what the page shows meanwhile. Empty while a missing key is being asked for. */
export function FailureBanner(props: { error: Error | null; updatedAt: number; onRetry: () => void }) {
  const { error, updatedAt, onRetry } = props;
  const { refusal } = useSyncExternalStore(onCredentialsChange, readCredentials);
  if (error === null || refusal !== null) return null;
  return (
    <div className="failure-banner" role="alert">
      <span>
        {error.message}
        {updatedAt > 0 && ` What you see is from ${new Date(updatedAt).toLocaleTimeString()}.`}
      </span>
      <button type="button" className="button" onClick={onRetry}>
        Retry
      </button>
    </div>
  );
}
