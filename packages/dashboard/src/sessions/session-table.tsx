import type { SessionSummary } from '@agentops/server/api';
import { Link } from '@tanstack/react-router';
import { formatCompact, formatCost, formatCount } from '../format/quantity.ts';
import { formatDuration } from '../format/time.ts';
import { reasonInWords } from '../session/end-reason.ts';
import { Ago } from '../ui/ago.tsx';
import { Icon } from '../ui/icon.tsx';
import { StateBadge } from '../ui/state-badge.tsx';
import type { FilterChanges } from './filters.ts';

const COLUMNS = [
  { name: 'Session' },
  { name: 'State' },
  { name: 'Started' },
  { name: 'Duration', number: true },
  { name: 'Agents', number: true },
  { name: 'LLM', number: true },
  { name: 'Tools', number: true },
  { name: 'Errors', number: true },
  { name: 'Tokens', number: true },
  { name: 'Cost', number: true },
  { name: 'Models' },
  { name: 'Service' },
];

/** Sessions as a table: a row opens the session, its tags and service narrow the list. */
export function SessionTable(props: {
  sessions: readonly SessionSummary[];
  onFilter: (changes: FilterChanges) => void;
}) {
  return (
    <table className="session-table">
      <thead>
        <tr>
          {COLUMNS.map(({ name, number }) => (
            <th key={name} scope="col" className={number ? 'number' : undefined}>
              {name}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {props.sessions.map((session) => (
          <SessionRow key={session.session_id} session={session} onFilter={props.onFilter} />
        ))}
      </tbody>
    </table>
  );
}

function SessionRow(props: { session: SessionSummary; onFilter: (changes: FilterChanges) => void }) {
  const { session, onFilter } = props;
  const { counts, tokens, models } = session;
  return (
    <tr>
      <td className="session-cell">
        <Link to="/sessions/$sessionId" params={{ sessionId: session.session_id }} className="row-link">
          {session.name ?? session.session_id}
        </Link>
        {session.tags.map((tag) => (
          <button
            key={tag}
            type="button"
            className="chip"
            title={`Show only sessions tagged ${tag}`}
            onClick={() => onFilter({ tag })}
          >
            {tag}
          </button>
        ))}
      </td>
      <td>
        <StateBadge state={session.end_state} reason={reasonInWords(session)} />
      </td>
      <td className="muted">
        <Ago instant={session.started_at} />
      </td>
      <td className="number">{formatDuration(session.duration_ms)}</td>
      <CountCell count={counts.agents} />
      <CountCell count={counts.llms} />
      <CountCell count={counts.tools} />
      <td className={counts.errors > 0 ? 'number failed' : 'number none'}>
        {counts.errors > 0 && <Icon name="error" />}
        {formatCount(counts.errors)}
      </td>
      <td
        className={tokens.total > 0 ? 'number' : 'number none'}
        title={`${formatCount(tokens.input)} in, ${formatCount(tokens.output)} out`}
      >
        {formatCompact(tokens.total)}
      </td>
      <td className={session.cost === null ? 'number none' : 'number'}>
        {session.cost === null ? '–' : formatCost(session.cost)}
      </td>
      <td className="models" title={models.join(', ')}>
        {models[0]}
        {models.length > 1 && <span className="muted"> +{models.length - 1}</span>}
      </td>
      <td className="service">
        <button
          type="button"
          className="quiet-button"
          title={`Show only sessions of ${session.service_name}`}
          onClick={() => onFilter({ service: session.service_name })}
        >
          {session.service_name}
        </button>
      </td>
    </tr>
  );
}

function CountCell({ count }: { count: number }) {
  return <td className={count > 0 ? 'number' : 'number none'}>{formatCompact(count)}</td>;
}
