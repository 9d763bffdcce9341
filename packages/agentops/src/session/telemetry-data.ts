import type { EndState } from './end-state.ts';
import type { SessionCounts } from './totals.ts';
import type { SessionTokens } from './usage-totals.ts';

/** What a session did, with the keys of the backend's session document (`GET /api/sessions/:id`). */
export interface SessionTelemetryData {
  readonly session_id: string;
  readonly trace_id: string;
  readonly name: string;
  /** Null while the session runs. */
  readonly end_state: EndState | null;
  readonly end_state_reason: string | null;
  /** ISO 8601 with nine digits. */
  readonly started_at: string;
  readonly ended_at: string | null;
  /** Milliseconds; until now while the session runs. */
  readonly duration_ms: number;
  readonly counts: Readonly<SessionCounts>;
  readonly tokens: Readonly<SessionTokens>;
  /** USD; null when no call had a known cost. */
  readonly cost: number | null;
  readonly tags: readonly string[];
  readonly user_id: string | null;
  readonly conversation_id: string | null;
}
