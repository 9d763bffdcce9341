import type { SessionDocument } from '@agentops/server/api';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { formatCompact, formatCost, formatCount } from '../format/quantity.ts';
import { formatDuration } from '../format/time.ts';
import { Ago } from '../ui/ago.tsx';
import { CopyButton } from '../ui/copy-button.tsx';
import { StateBadge } from '../ui/state-badge.tsx';
import { reasonInWords } from './end-reason.ts';

/** Which session this is, how it ended, and its totals. */
export function SessionHeader({ session }: { session: SessionDocument }) {
  const { counts, tokens } = session;
  return (
    <header className="session-header">
      <div className="session-title">
        <h1>{session.name ?? 'Unnamed session'}</h1>
        <StateBadge state={session.end_state} />
        {session.end_state_reason !== null && <span className="reason">{reasonInWords(session)}</span>}
        {session.tags.map((tag) => (
          <Link key={tag} to="/" search={{ tag }} className="chip" title={`Sessions tagged ${tag}`}>
            {tag}
          </Link>
        ))}
        <span className="session-id">
          <code>{session.session_id}</code>
          <CopyButton text={session.session_id} what="the session's id" />
        </span>
      </div>
      <dl className="totals">
        <Total label="Started">
          <Ago instant={session.started_at} />
        </Total>
        <Total label="Duration" detail={session.end_state === null ? 'so far' : null}>
          {formatDuration(session.duration_ms)}
        </Total>
        <Total label="Cost">{session.cost === null ? '–' : formatCost(session.cost)}</Total>
        <Total label="Tokens" detail={tokenDetail(tokens)}>
          {formatCompact(tokens.total)}
        </Total>
        <Total label="LLM calls">{formatCount(counts.llms)}</Total>
        <Total label="Tools">{formatCount(counts.tools)}</Total>
        <Total label="Agents">{formatCount(counts.agents)}</Total>
        <Total label="Errors" failed={counts.errors > 0}>
          {formatCount(counts.errors)}
        </Total>
        {session.models.length > 0 && <Total label="Models">{session.models.join(', ')}</Total>}
        <Total label="Service" detail={session.environment}>
          <Link to="/" search={{ service: session.service_name }}>
            {session.service_name}
          </Link>
        </Total>
        {session.user_id !== null && (
          <Total label="User">
            <Link to="/" search={{ user: session.user_id }}>
              {session.user_id}
            </Link>
          </Total>
        )}
      </dl>
    </header>
  );
}

function Total(props: { label: string; detail?: string | null; failed?: boolean; children: ReactNode }) {
  return (
    <div data-failed={props.failed || undefined}>
      <dt>{props.label}</dt>
      <dd>
        {props.children}
        {props.detail && <span className="muted"> {props.detail}</span>}
      </dd>
    </div>
  );
}

function tokenDetail({ input, output, cache_read }: SessionDocument['tokens']): string {
  const cached = cache_read > 0 ? `, ${formatCompact(cache_read)} cached` : '';
  return `${formatCompact(input)} in${cached}, ${formatCompact(output)} out`;
}
