import type { SessionSummary } from '@agentops/server/api';

/** The rows to show, and how many newer ones wait until the reader asks for them. */
export interface HeldRows {
  readonly shown: readonly SessionSummary[];
  readonly held: number;
}

/**
 * Holds back sessions that arrived above the row the reader saw first, so that nothing moves under the pointer.
 * `first` is the id of that row; null holds nothing, and so does a row that is no longer in the list.
 */
export function holdNewer(sessions: readonly SessionSummary[], first: string | null): HeldRows {
  const held = Math.max(
    sessions.findIndex((session) => session.session_id === first),
    0,
  );
  return { shown: sessions.slice(held), held };
}
