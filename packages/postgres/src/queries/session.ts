import type { AttributeMap } from '@agentops/otlp';
import type { SessionDocument } from '../documents.ts';
import type { Reads } from '../engines/engine.ts';
import { TOTALS_SUMMED } from '../rollup/totals.ts';
import { SUMMARY, type SummaryRow, summaryOf, type TotalsRow, totalsOf } from './session-row.ts';

/** One session with its agents, as it was last rolled up. */
export async function readSession(
  db: Reads,
  projectId: string,
  sessionId: string,
): Promise<SessionDocument | undefined> {
  const [row] = await db.query<SummaryRow & { metadata: AttributeMap; resource: AttributeMap }>(SESSION, [
    projectId,
    sessionId,
  ]);
  if (!row) return undefined;
  const agents = await db.query<TotalsRow & { agent_id: string; name: string | null }>(AGENTS, [
    projectId,
    sessionId,
  ]);
  return {
    ...summaryOf(row),
    metadata: row.metadata,
    resource: row.resource,
    agents: agents.map((agent) => ({ agent_id: agent.agent_id, name: agent.name, ...totalsOf(agent) })),
  };
}

const SESSION = `
  SELECT ${SUMMARY}, metadata, resource FROM agentops.sessions WHERE project_id = $1 AND session_id = $2`;

/** An agent may be at work in several traces of a session; they come in the order in which they first did. */
const AGENTS = `
  SELECT agent_id, min(name) AS name, 1 AS agents, ${TOTALS_SUMMED}
  FROM (
    SELECT traces.start_time, agent.* FROM agentops.traces CROSS JOIN LATERAL
      unnest(traces.agents) WITH ORDINALITY AS agent
    WHERE project_id = $1 AND session_id = $2
  ) AS agent
  GROUP BY agent_id ORDER BY min(start_time), min(ordinality)`;
