/**
 * The documents the store answers with; the backend's query API serves them as they are. Keys are identifier-safe snake_case and always present (null where unknown), so
 * that jq and SQL users can address them; times are ISO 8601 with nine digits, nanoseconds are decimal strings.
 */
import type {
  AttributeMap,
  EventType,
  SpanEventRow,
  SpanKindNumber,
  SpanLinkRow,
  SpanStatusNumber,
} from '@agentops/otlp';

/** How a session ended; null while it runs. */
export type EndState = 'Success' | 'Fail' | 'Indeterminate';

/** Counts over the leaves of a session. A parent that repeats its children's usage is not counted twice. */
export interface SessionCounts {
  spans: number;
  agents: number;
  llms: number;
  tools: number;
  actions: number;
  /** Failures where they happened: spans with status ERROR of which no child has status ERROR too. */
  errors: number;
}

/** Token totals. `input` includes cached tokens. */
export interface SessionTokens {
  input: number;
  output: number;
  cache_read: number;
  cache_write: number;
  reasoning: number;
  total: number;
}

/** One session, as a row of the list. */
export interface SessionSummary {
  /** UUID. For sessions of this SDK: the trace id with dashes. */
  session_id: string;
  /** 32 hex digits; null for a session of several traces. */
  trace_id: string | null;
  name: string | null;
  service_name: string;
  environment: string | null;
  end_state: EndState | null;
  /** In the words of whoever ended it; `lost` where its process has stopped giving signs of life. */
  end_state_reason: string | null;
  started_at: string;
  /** Null while it runs, and where it was lost. */
  ended_at: string | null;
  start_time: string;
  end_time: string | null;
  /** Milliseconds, from the first span's start to the root's end, or to the latest span while running. */
  duration_ms: number;
  counts: SessionCounts;
  tokens: SessionTokens;
  /** USD; null when no span of the session has a known cost. */
  cost: number | null;
  models: string[];
  tags: string[];
  user_id: string | null;
  conversation_id: string | null;
}

/** One session with what only its own page needs. */
export interface SessionDocument extends SessionSummary {
  metadata: AttributeMap;
  /** `host.*`, `os.*`, `process.*` and the rest of the Resource. */
  resource: AttributeMap;
  agents: SessionAgent[];
}

/** Totals of one agent of a session. */
export interface SessionAgent {
  agent_id: string;
  name: string | null;
  counts: SessionCounts;
  tokens: SessionTokens;
  cost: number | null;
}

/** One page of sessions, newest first (`GET /api/sessions`). */
export interface SessionList {
  sessions: SessionSummary[];
  /** Sessions that match the filter, of which `sessions` is one page. Counted up to 1,000. */
  total: number;
  /** False where more than `total` match. */
  is_total_exact: boolean;
  /** Give it as `cursor` to get the next page; null on the last one. */
  next_cursor: string | null;
}

/** The query of `GET /api/sessions`; all optional. */
export interface SessionListQuery {
  /** 1 to 200, default 50. */
  limit?: number;
  cursor?: string;
  /** Part of the name, or the beginning of the session id. */
  q?: string;
  /** `running` means not ended. */
  state?: EndState | 'running';
  /** Only sessions with (true) or without (false) errors. */
  errors?: boolean;
  tag?: string;
  service?: string;
  user?: string;
  /** Only sessions that used this model. */
  model?: string;
  /** Only sessions that started then or later: a time in ISO 8601, down to ns. */
  from?: string;
  /** Only sessions that started before. */
  to?: string;
}

/** By what hourly statistics can be told apart. */
export type StatsDimension = 'event_type' | 'service' | 'agent' | 'model' | 'tool';

/** The query of `GET /api/stats`; all optional. */
export interface StatsQuery {
  /** From the hour or day in which this lies: a time in ISO 8601. 30 days before `to` where it is left out. */
  from?: string;
  /** Up to the hour or day in which this lies, and with it. Now where it is left out. */
  to?: string;
  /** How wide a point is: `hour`, or `day` (UTC, the default). */
  step?: 'hour' | 'day';
  /** A point for each value of this; without it, one for all. */
  by?: StatsDimension;
}

/** How long finished calls took, milliseconds. Quantiles are known to a fifth; null where there were none. */
export interface Latency {
  count: number;
  mean_ms: number | null;
  p50_ms: number | null;
  p95_ms: number | null;
}

/** What the spans that began in one stretch of time add up to. */
export interface StatsPoint {
  /** When the stretch begins. */
  time: string;
  /** The value of `by`, empty for spans that have none; null without `by`. */
  key: string | null;
  /** Traces that began then, and those of them that ended in failure. */
  traces: number;
  failed_traces: number;
  counts: Omit<SessionCounts, 'agents'>;
  tokens: SessionTokens;
  /** USD; null where no cost is known. */
  cost: number | null;
  llm_latency: Latency;
  tool_latency: Latency;
}

/** `GET /api/stats`: by time, then key; a stretch without spans has no point. Some seconds behind the spans. */
export interface Stats {
  from: string;
  to: string;
  step: 'hour' | 'day';
  by: StatsDimension | null;
  points: StatsPoint[];
}

/** One span without its attributes: all a waterfall needs. */
export interface SpanSkeleton {
  span_id: string;
  trace_id: string;
  parent_span_id: string | null;
  name: string;
  kind: SpanKindNumber;
  span_kind: string | null;
  event_type: EventType | null;
  start_time: string;
  end_time: string | null;
  /**
   * When an unfinished span was taken for lost, because its process had stopped giving signs of life. Null while it gives them,
   * where the sender never did, and again once it is heard of.
   */
  lost_time: string | null;
  status: SpanStatusNumber;
  /** The process that made it: a session may go on in several. */
  service_name: string;
  agent_id: string | null;
  agent_name: string | null;
  provider: string | null;
  model: string | null;
  input_tokens: number | null;
  output_tokens: number | null;
  cost: number | null;
}

/** `GET /api/sessions/:id/spans`: every span of the session, by start time. */
export interface SpanList {
  spans: SpanSkeleton[];
  total: number;
}

/** `GET /api/sessions/:id/spans/:span_id`: one span with everything. */
export interface SpanDocument extends SpanSkeleton {
  session_id: string;
  status_message: string;
  started_at: string;
  ended_at: string | null;
  user_id: string | null;
  conversation_id: string | null;
  cache_read_tokens: number | null;
  cache_write_tokens: number | null;
  reasoning_tokens: number | null;
  scope_name: string;
  scope_version: string;
  attributes: AttributeMap;
  resource: AttributeMap;
  events: SpanEventRow[];
  links: SpanLinkRow[];
}
