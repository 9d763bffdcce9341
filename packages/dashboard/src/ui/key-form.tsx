import { useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useId } from 'react';
import { storeKey } from '../api/credentials.ts';

/** Asks for the API key that the backend wants; says so where it has refused the one it was given. */
export function KeyForm({ refused }: { refused: boolean }) {
  const queries = useQueryClient();
  const input = useId();

  const onSubmit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    storeKey(String(new FormData(event.currentTarget).get('key')).trim());
    void queries.resetQueries();
  };

  return (
    <main className="notice">
      <h1>This backend asks for an API key</h1>
      {refused && (
        <p role="alert" className="failed">
          That key is not valid, or was revoked.
        </p>
      )}
      <p>
        Paste one that <code>agentops keys create --name NAME</code> has shown.
      </p>
      <form className="key-form" onSubmit={onSubmit}>
        <label htmlFor={input}>API key</label>
        <input id={input} name="key" type="password" autoComplete="off" required />
        <button type="submit" className="button primary">
          Continue
        </button>
      </form>
      <p className="muted">It is kept in this tab only, until you close it.</p>
    </main>
  );
}
