import type { EndState, SessionCounts, SessionSummary, SessionTokens } from '../documents.ts';
import { TOTALS } from '../rollup/totals.ts';
import { isoTime, isoTimeOrNull, millisecondsBetween } from '../time.ts';

/** The totals of a session or an agent as the database returns them. */
export interface TotalsRow {
  spans: string;
  agents: string;
  llms: string;
  tools: string;
  actions: string;
  errors: string;
  input_tokens: string;
  output_tokens: string;
  cache_read_tokens: string;
  cache_write_tokens: string;
  reasoning_tokens: string;
  cost: string | null;
}

/** A row of `sessions` as `SUMMARY` selects it. */
export interface SummaryRow extends TotalsRow {
  session_id: string;
  trace_id: string | null;
  name: string | null;
  service_name: string;
  environment: string | null;
  start_time: string;
  end_time: string | null;
  last_time: string;
  end_state: EndState | null;
  end_state_reason: string | null;
  models: string[];
  tags: string[];
  user_id: string | null;
  conversation_id: string | null;
}

/** The columns of `sessions` that a summary needs. */
export const SUMMARY = `session_id, trace_id, name, service_name, environment, start_time, end_time, last_time,
  end_state, end_state_reason, agents, ${TOTALS}, models, tags, user_id, conversation_id`;

/** The counts, tokens and cost of a row. */
export function totalsOf(row: TotalsRow): {
  counts: SessionCounts;
  tokens: SessionTokens;
  cost: number | null;
} {
  const input = Number(row.input_tokens);
  const output = Number(row.output_tokens);
  return {
    counts: {
      spans: Number(row.spans),
      agents: Number(row.agents),
      llms: Number(row.llms),
      tools: Number(row.tools),
      actions: Number(row.actions),
      errors: Number(row.errors),
    },
    tokens: {
      input,
      output,
      cache_read: Number(row.cache_read_tokens),
      cache_write: Number(row.cache_write_tokens),
      reasoning: Number(row.reasoning_tokens),
      total: input + output,
    },
    cost: row.cost === null ? null : Number(row.cost),
  };
}

/** A row as the document of the list. */
export function summaryOf(row: SummaryRow): SessionSummary {
  return {
    session_id: row.session_id,
    trace_id: row.trace_id,
    name: row.name,
    service_name: row.service_name,
    environment: row.environment,
    end_state: row.end_state,
    end_state_reason: row.end_state_reason,
    started_at: isoTime(row.start_time),
    ended_at: isoTimeOrNull(row.end_time),
    start_time: row.start_time,
    end_time: row.end_time,
    duration_ms: millisecondsBetween(row.start_time, row.end_time ?? row.last_time),
    ...totalsOf(row),
    models: row.models,
    tags: row.tags,
    user_id: row.user_id,
    conversation_id: row.conversation_id,
  };
}
