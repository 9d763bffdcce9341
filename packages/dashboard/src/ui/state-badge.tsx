import type { EndState } from '@agentops/server/api';

/** How a session ended, in a word and a colour; `Running` while it has not. */
export function StateBadge({ state, reason }: { state: EndState | null; reason?: string | null }) {
  const word = state ?? 'Running';
  return (
    <span className="state-badge" data-state={word.toLowerCase()} title={reason ?? undefined}>
      {word}
    </span>
  );
}
