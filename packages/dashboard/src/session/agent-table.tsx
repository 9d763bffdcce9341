import type { SessionAgent } from '@agentops/server/api';
import { formatCompact, formatCost, formatCount } from '../format/quantity.ts';
import { ListHeading } from './list-heading.tsx';

const MOST_AGENTS = 20;

/** The totals of a session's agents, the costliest first. */
export function AgentTable({ agents }: { agents: readonly SessionAgent[] }) {
  const shown = agents.toSorted(byCost).slice(0, MOST_AGENTS);
  return (
    <section>
      <ListHeading title="Agents" shown={shown.length} all={agents.length} />
      <table className="agent-table">
        <thead>
          <tr>
            <th scope="col">Agent</th>
            {['LLM', 'Tools', 'Errors', 'Tokens', 'Cost'].map((column) => (
              <th key={column} scope="col" className="number">
                {column}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {shown.map(({ agent_id, name, counts, tokens, cost }) => (
            <tr key={agent_id}>
              <td title={agent_id}>{name ?? agent_id}</td>
              <td className="number">{formatCount(counts.llms)}</td>
              <td className="number">{formatCount(counts.tools)}</td>
              <td className={counts.errors > 0 ? 'number failed' : 'number'}>{formatCount(counts.errors)}</td>
              <td className="number">{formatCompact(tokens.total)}</td>
              <td className="number">{cost === null ? '–' : formatCost(cost)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

function byCost(a: SessionAgent, b: SessionAgent): number {
  return (b.cost ?? 0) - (a.cost ?? 0) || b.tokens.total - a.tokens.total;
}
