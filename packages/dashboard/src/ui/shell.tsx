import { Link, Outlet } from '@tanstack/react-router';
import { useSyncExternalStore } from 'react';
import { onCredentialsChange, readCredentials } from '../api/credentials.ts';
import { KeyForm } from './key-form.tsx';
import { ThemeSwitch } from './theme-switch.tsx';

/** What every page has around it. */
export function Shell() {
  const { key, refusal } = useSyncExternalStore(onCredentialsChange, readCredentials);
  return (
    <>
      <header className="top-bar">
        <Link to="/" className="wordmark">
          <Mark />
          AgentOps
        </Link>
        <nav aria-label="Main">
          <Link to="/" activeOptions={{ exact: true, includeSearch: false }}>
            Sessions
          </Link>
        </nav>
        <ThemeSwitch />
      </header>
      {refusal === null ? <Outlet /> : <KeyForm refused={key !== null} />}
    </>
  );
}

/** The page for addresses that mean nothing. */
export function UnknownPage() {
  return (
    <main className="notice">
      <h1>There is no such page</h1>
      <p>
        <Link to="/">See all sessions</Link>
      </p>
    </main>
  );
}

function Mark() {
  return (
    <svg className="mark" viewBox="0 0 16 16" width="16" height="16" aria-hidden="true">
      <rect x="1" y="2" width="9" height="3" rx="1.2" />
      <rect x="4" y="6.5" width="11" height="3" rx="1.2" />
      <rect x="6.5" y="11" width="6" height="3" rx="1.2" />
    </svg>
  );
}
