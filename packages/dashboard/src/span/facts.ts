import type { SpanDocument } from '@agentops/server/api';
import type { AttributeValue } from '../format/json.ts';
import { formatCost, formatCount } from '../format/quantity.ts';
import { formatDuration } from '../format/time.ts';
import {
  COST_INPUT,
  COST_OUTPUT,
  FINISH_REASONS,
  REQUEST_MODEL,
  REQUEST_PREFIX,
  RESPONSE_MODEL,
  TIME_TO_FIRST_CHUNK,
  TOOL_CALL_ID,
  TOOL_DESCRIPTION,
} from '../semconv.ts';
import type { BranchTotals } from '../waterfall/usage.ts';

/** One figure or word about a span, with what it is called. */
export interface Fact {
  readonly label: string;
  readonly value: string;
  readonly detail?: string;
}

/** The figures of an LLM call: model, tokens, cost, times, then the parameters of its request. Unknown ones are absent. */
export function llmFacts(span: SpanDocument): Fact[] {
  const { attributes } = span;
  const firstChunk = attributes[TIME_TO_FIRST_CHUNK];
  return known([
    fact('Model', span.model, asked(attributes)),
    fact('Provider', span.provider),
    fact('Tokens in', counted(span.input_tokens), cached(span)),
    fact('Tokens out', counted(span.output_tokens), reasoned(span)),
    fact('Cost', priced(span.cost), costSplit(attributes)),
    fact('First chunk', typeof firstChunk === 'number' ? formatDuration(firstChunk * 1_000) : null),
    fact('Finish', words(attributes[FINISH_REASONS])),
    ...parameters(attributes),
  ]);
}

/** The facts of a tool, an agent or any other operation: with the totals of its branch where it has one. */
export function operationFacts(span: SpanDocument, totals: BranchTotals | null): Fact[] {
  const { attributes } = span;
  const figures =
    totals === null
      ? [
          fact('Model', span.model),
          fact('Tokens in', counted(span.input_tokens)),
          fact('Tokens out', counted(span.output_tokens)),
          fact('Cost', priced(span.cost)),
        ]
      : [
          fact('LLM calls', formatCount(totals.llms)),
          fact('Tools', formatCount(totals.tools)),
          fact('Errors', formatCount(totals.errors)),
          fact('Tokens in', formatCount(totals.inputTokens)),
          fact('Tokens out', formatCount(totals.outputTokens)),
          fact('Cost', priced(totals.cost)),
        ];
  return known([
    ...figures,
    fact('Description', words(attributes[TOOL_DESCRIPTION])),
    fact('Call', words(attributes[TOOL_CALL_ID])),
    fact('Service', span.service_name),
  ]);
}

function fact(label: string, value: string | null, detail?: string | null): Fact | null {
  if (value === null || value === '') return null;
  return detail ? { label, value, detail } : { label, value };
}

function known(facts: readonly (Fact | null)[]): Fact[] {
  return facts.filter((item) => item !== null);
}

/** What was asked for, where another model answered. */
function asked(attributes: SpanDocument['attributes']): string | null {
  const [request, response] = [attributes[REQUEST_MODEL], attributes[RESPONSE_MODEL]];
  const differs = typeof request === 'string' && response !== undefined && request !== response;
  return differs ? `asked for ${request}` : null;
}

function cached({ cache_read_tokens: read, cache_write_tokens: written }: SpanDocument): string {
  return [
    read ? `${formatCount(read)} cached` : '',
    written ? `${formatCount(written)} written to the cache` : '',
  ]
    .filter(Boolean)
    .join(', ');
}

function reasoned({ reasoning_tokens: reasoning }: SpanDocument): string | null {
  return reasoning ? `${formatCount(reasoning)} reasoning` : null;
}

function costSplit(attributes: SpanDocument['attributes']): string | null {
  const [input, output] = [attributes[COST_INPUT], attributes[COST_OUTPUT]];
  if (typeof input !== 'number' || typeof output !== 'number') return null;
  return `${formatCost(input)} in, ${formatCost(output)} out`;
}

function parameters(attributes: SpanDocument['attributes']): (Fact | null)[] {
  return Object.entries(attributes)
    .filter(([name]) => name.startsWith(REQUEST_PREFIX) && name !== REQUEST_MODEL)
    .map(([name, value]) => fact(inWords(name.slice(REQUEST_PREFIX.length)), words(value)));
}

/** `Max tokens` for `max_tokens`. */
function inWords(name: string): string {
  return (name.charAt(0).toUpperCase() + name.slice(1)).replace(/[._]/g, ' ');
}

function counted(count: number | null): string | null {
  return count === null ? null : formatCount(count);
}

function priced(cost: number | null): string | null {
  return cost === null ? null : formatCost(cost);
}

function words(value: AttributeValue | undefined): string | null {
  if (value === undefined || value === null) return null;
  if (Array.isArray(value)) return value.map(String).join(', ');
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}
