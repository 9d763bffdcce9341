/**
 * The totals that add up, from spans to the agents of a trace, to traces, to sessions: each with the aggregate that
 * makes it from spans. `is_llm_leaf`, `is_usage_leaf` and `is_failure` are false for a span
 * that repeats what stands below it.
 */
const FROM_SPANS = {
  spans: 'count(*)',
  llms: 'count(*) FILTER (WHERE is_llm_leaf)',
  tools: `count(*) FILTER (WHERE event_type = 'tools')`,
  actions: `count(*) FILTER (WHERE event_type = 'actions')`,
  errors: 'count(*) FILTER (WHERE is_failure)',
  input_tokens: 'coalesce(sum(input_tokens) FILTER (WHERE is_usage_leaf), 0)',
  output_tokens: 'coalesce(sum(output_tokens) FILTER (WHERE is_usage_leaf), 0)',
  cache_read_tokens: 'coalesce(sum(cache_read_tokens) FILTER (WHERE is_usage_leaf), 0)',
  cache_write_tokens: 'coalesce(sum(cache_write_tokens) FILTER (WHERE is_usage_leaf), 0)',
  reasoning_tokens: 'coalesce(sum(reasoning_tokens) FILTER (WHERE is_usage_leaf), 0)',
  // Null where no span has a cost: unknown is not free.
  cost: 'sum(cost) FILTER (WHERE is_usage_leaf)',
};

const names = Object.keys(FROM_SPANS);

export const TOTAL_NAMES: readonly string[] = names;

/** `a, b, …` */
export const TOTALS = names.join(', ');

/** `count(*) AS a, …`, over spans. */
export const TOTALS_FROM_SPANS = Object.entries(FROM_SPANS)
  .map(([name, aggregate]) => `${aggregate} AS ${name}`)
  .join(', ');

/** `sum(a) AS a, …`, over rows that have totals themselves. */
export const TOTALS_SUMMED = names.map((name) => `sum(${name}) AS ${name}`).join(', ');

/** `a = source.a, …` */
export const totalsFrom = (source: string): string =>
  names.map((name) => `${name} = ${source}.${name}`).join(', ');
