import type { SessionSummary } from '@agentops/server/api';

/** The reasons that no program gave. */
const WORDS: Readonly<Record<string, string>> = {
  lost: 'lost: its process gives no sign of life',
  process_exit: 'its process ended before it did',
};

/** Why a session ended as it did, for people; null where nobody has said. */
export function reasonInWords({
  end_state,
  end_state_reason: reason,
}: Pick<SessionSummary, 'end_state' | 'end_state_reason'>): string | null {
  if (reason === null || end_state !== 'Indeterminate') return reason;
  return WORDS[reason] ?? reason;
}
