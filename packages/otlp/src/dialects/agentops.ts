import { AgentOpsPythonAttr, Attr } from '../semconv.ts';
import type { Dialect } from './dialect.ts';

/** AgentOps' own names. The kind is the one its SDK for Python writes too, with kinds of its own. */
export const agentOps: Dialect = {
  columns: { cost: [Attr.AGENTOPS_COST_TOTAL] },
  kinds: [
    {
      attribute: Attr.AGENTOPS_SPAN_KIND,
      kinds: new Map([
        ['operation', 'task'],
        ['workflow.step', 'task'],
        ['agent.thinking', 'task'],
        ['agent.decision', 'task'],
        ['agent.action', 'action'],
        ['llm.call', 'llm'],
      ]),
      open: true,
    },
  ],
};

/** What else the AgentOps SDK for Python writes, and the baggage that some SDKs copy onto their spans. */
export const agentOpsPython: Dialect = {
  columns: {
    session_id: [AgentOpsPythonAttr.SESSION_ID],
    agent_id: [AgentOpsPythonAttr.BAGGAGE_AGENT_ID, AgentOpsPythonAttr.AGENT_ID],
    agent_name: [AgentOpsPythonAttr.AGENT_NAME],
  },
  kinds: [],
  agentSpanName: AgentOpsPythonAttr.ENTITY_NAME,
};
