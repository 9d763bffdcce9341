import { type RecordedSession, type RecordedSpan, spanId, traceIdAt } from './recorded-span.ts';

/** The spans of `researchSession` that tests look at. */
export interface ResearchSession extends RecordedSession {
  ids: Record<
    'root' | 'planner' | 'plan' | 'researcher' | 'search' | 'answer' | 'fetch' | 'writer' | 'draft',
    string
  >;
}

const STACK = `RateLimitError: 429 Too Many Requests from search.example.com
    at SearchClient.request (file:///srv/app/search/client.ts:88:13)
    at process.processTicksAndRejections (node:internal/process/task_queues:105:5)
    at async searchWeb (file:///srv/app/tools/search-web.ts:21:18)
    at async Agent.callTool (file:///srv/app/agent.ts:134:20)`;

/** A session of three agents: it plans, searches, fails to fetch a page, and writes. `startedAt` in ms since the epoch. */
export function researchSession(startedAt: number, running = false): ResearchSession {
  const ids = {
    root: spanId(),
    planner: spanId(),
    plan: spanId(),
    researcher: spanId(),
    search: spanId(),
    answer: spanId(),
    fetch: spanId(),
    writer: spanId(),
    draft: spanId(),
  };
  const spans: RecordedSpan[] = [
    {
      id: ids.root,
      parent: null,
      name: 'quarterly report',
      start: 0,
      end: running ? null : 21_400,
      attributes: {
        'agentops.span.kind': 'session',
        'agentops.session.name': 'quarterly report',
        'agentops.session.tags': ['nightly', 'research'],
        'agentops.session.metadata.customer': 'acme',
        ...(running
          ? {}
          : { 'agentops.session.end_state': 'Fail', 'agentops.session.end_state_reason': 'search quota' }),
        'user.id': 'ada',
      },
    },
    agent(ids.planner, ids.root, 'planner', 40, 4_310),
    llm(ids.plan, ids.planner, 'planner', 'gpt-4o', 60, 4_240, [1_840, 412, 0.00872], {
      'gen_ai.system_instructions': json([{ type: 'text', content: 'You plan research in short steps.' }]),
      'gen_ai.input.messages': json([
        { role: 'user', parts: [{ type: 'text', content: 'What moved the battery market this quarter?' }] },
      ]),
      'gen_ai.output.messages': json([
        {
          role: 'assistant',
          parts: [
            { type: 'reasoning', content: 'Prices first, then supply, then policy.' },
            {
              type: 'text',
              content: '1. Search for cell prices.\n2. Fetch the best source.\n3. Write it up.',
            },
          ],
          finish_reason: 'stop',
        },
      ]),
      'gen_ai.response.time_to_first_chunk': 0.381,
      'gen_ai.usage.cache_read.input_tokens': 1_024,
    }),
    agent(ids.researcher, ids.root, 'researcher', 4_330, 14_900),
    tool(ids.search, ids.researcher, 'researcher', 'search_web', 4_400, 6_120, {
      'gen_ai.tool.call.arguments': json({ query: 'LFP cell price Q3', limit: 5 }),
      'gen_ai.tool.call.result': json([
        { title: 'Cell prices fall again', url: 'https://example.com/cells' },
      ]),
    }),
    llm(
      ids.answer,
      ids.researcher,
      'researcher',
      'claude-sonnet-4-5',
      6_180,
      12_740,
      [9_210, 1_330, 0.04758],
      {
        'gen_ai.input.messages': json([
          { role: 'user', parts: [{ type: 'text', content: 'Find the price of LFP cells.' }] },
          {
            role: 'assistant',
            parts: [
              {
                type: 'tool_call',
                id: 'call_1',
                name: 'search_web',
                arguments: { query: 'LFP cell price Q3' },
              },
            ],
          },
          {
            role: 'tool',
            parts: [
              { type: 'tool_call_response', id: 'call_1', response: [{ title: 'Cell prices fall again' }] },
            ],
          },
        ]),
        'gen_ai.output.messages': json([
          {
            role: 'assistant',
            parts: [
              { type: 'text', content: 'The list price fell by 11 %. I will read the source.' },
              {
                type: 'tool_call',
                id: 'call_2',
                name: 'fetch_page',
                arguments: { url: 'https://example.com/cells', as: 'text' },
              },
            ],
            finish_reason: 'tool_call',
          },
        ]),
        'agentops.stream.truncated': true,
      },
    ),
    {
      ...tool(ids.fetch, ids.researcher, 'researcher', 'fetch_page', 12_800, 14_860, {
        'gen_ai.tool.call.arguments': json({ url: 'https://example.com/cells', as: 'text' }),
        'error.type': 'RateLimitError',
      }),
      error: '429 Too Many Requests from search.example.com',
      exception: {
        type: 'RateLimitError',
        message: '429 Too Many Requests from search.example.com',
        stacktrace: STACK,
      },
    },
    agent(ids.writer, ids.root, 'writer', 14_950, running ? null : 21_350),
    llm(ids.draft, ids.writer, 'writer', 'gpt-4o', 15_000, running ? null : 21_300, [4_420, 1_905, 0.03011], {
      'gen_ai.input.messages': json([
        { role: 'user', parts: [{ type: 'text', content: 'Write the summary from these notes.' }] },
      ]),
      'gen_ai.output.messages': json([
        {
          role: 'assistant',
          parts: [{ type: 'text', content: 'Battery prices kept falling. '.repeat(120) }],
        },
      ]),
    }),
  ];
  return { traceId: traceIdAt(startedAt), startedAt, service: 'reporter', spans, ids };
}

/** A session of `count` spans: agents of nine calls each, for what only shows with many rows. */
export function longSession(startedAt: number, count: number): RecordedSession {
  const root = spanId();
  const spans: RecordedSpan[] = [
    {
      id: root,
      parent: null,
      name: 'long haul',
      start: 0,
      end: count * 10,
      attributes: { 'agentops.span.kind': 'session', 'agentops.session.end_state': 'Success' },
    },
  ];
  let worker = { id: root, name: '' };
  for (let i = 1; i < count; i++) {
    const id = spanId();
    if (i % 10 === 1) {
      worker = { id, name: `worker ${i}` };
      spans.push(agent(id, root, worker.name, i * 10, i * 10 + 95));
    } else {
      spans.push(tool(id, worker.id, worker.name, `step_${i}`, i * 10, i * 10 + 8, {}));
    }
  }
  return { traceId: traceIdAt(startedAt), startedAt, service: 'hauler', spans };
}

function agent(id: string, parent: string, name: string, start: number, end: number | null): RecordedSpan {
  return {
    id,
    parent,
    name: `invoke_agent ${name}`,
    start,
    end,
    attributes: {
      'agentops.span.kind': 'agent',
      'gen_ai.operation.name': 'invoke_agent',
      ...agentAttributes(name),
    },
  };
}

function llm(
  id: string,
  parent: string,
  agentName: string,
  model: string,
  start: number,
  end: number | null,
  [input, output, cost]: [number, number, number],
  attributes: RecordedSpan['attributes'],
): RecordedSpan {
  return {
    id,
    parent,
    name: `chat ${model}`,
    start,
    end,
    attributes: {
      'agentops.span.kind': 'llm',
      'event.type': 'llms',
      'gen_ai.operation.name': 'chat',
      'gen_ai.provider.name': model.startsWith('claude') ? 'anthropic' : 'openai',
      'gen_ai.request.model': model,
      'gen_ai.response.model': model,
      'gen_ai.request.temperature': 0.2,
      'gen_ai.request.max_tokens': 4_096,
      'gen_ai.usage.input_tokens': input,
      'gen_ai.usage.output_tokens': output,
      'agentops.cost.total': cost,
      'gen_ai.response.finish_reasons': ['stop'],
      ...agentAttributes(agentName),
      ...attributes,
    },
  };
}

function tool(
  id: string,
  parent: string,
  agentName: string,
  name: string,
  start: number,
  end: number,
  attributes: RecordedSpan['attributes'],
): RecordedSpan {
  return {
    id,
    parent,
    name: `execute_tool ${name}`,
    start,
    end,
    attributes: {
      'agentops.span.kind': 'tool',
      'event.type': 'tools',
      'gen_ai.operation.name': 'execute_tool',
      'gen_ai.tool.name': name,
      ...agentAttributes(agentName),
      ...attributes,
    },
  };
}

function agentAttributes(name: string): RecordedSpan['attributes'] {
  return { 'gen_ai.agent.id': `agent-${name}`, 'gen_ai.agent.name': name };
}

function json(value: unknown): string {
  return JSON.stringify(value);
}
