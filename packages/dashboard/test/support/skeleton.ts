import type { SpanSkeleton } from '@agentops/server/api';

/** A span as the waterfall gets it: an inner span of one second, 1 ms after the epoch, where `given` says nothing else. */
export function skeleton(given: Partial<SpanSkeleton> & { span_id: string }): SpanSkeleton {
  return {
    trace_id: 'a'.repeat(32),
    parent_span_id: null,
    name: given.span_id,
    kind: 1,
    span_kind: null,
    event_type: null,
    start_time: '1000000',
    end_time: '1001000000',
    lost_time: null,
    status: 0,
    service_name: 'research',
    agent_id: null,
    agent_name: null,
    provider: null,
    model: null,
    input_tokens: null,
    output_tokens: null,
    cost: null,
    ...given,
  };
}
