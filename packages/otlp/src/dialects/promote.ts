import type { AttributeMap, JsonValue, SpanRow } from '../span-row.ts';
import { indexedText } from '../storable-text.ts';
import type { Column } from './dialect.ts';
import { dialects } from './dialects.ts';
import { providerName } from './providers.ts';
import { amountOf, countOf, firstOf, textOf } from './reading.ts';
import { eventTypeOf, spanKindOf } from './span-kind.ts';

/** The columns of a row that come from its attributes. A span need not say its session. */
export type PromotedColumns = Pick<SpanRow, Exclude<Column, 'session_id'> | 'span_kind' | 'event_type'> & {
  session_id: string | null;
};

const LONGEST_SESSION_ID = 256;

/** For each column the attributes of every dialect, in the order of belief. */
const sources: Readonly<Record<Column, readonly string[]>> = {
  session_id: sourcesOf('session_id'),
  agent_id: sourcesOf('agent_id'),
  agent_name: sourcesOf('agent_name'),
  provider: sourcesOf('provider'),
  model: sourcesOf('model'),
  input_tokens: sourcesOf('input_tokens'),
  output_tokens: sourcesOf('output_tokens'),
  cache_read_tokens: sourcesOf('cache_read_tokens'),
  cache_write_tokens: sourcesOf('cache_write_tokens'),
  reasoning_tokens: sourcesOf('reasoning_tokens'),
  cost: sourcesOf('cost'),
  user_id: sourcesOf('user_id'),
  conversation_id: sourcesOf('conversation_id'),
};

const agentSpanNames = dialects.flatMap((dialect) => dialect.agentSpanName ?? []);

function sourcesOf(column: Column): string[] {
  return dialects.flatMap((dialect) => dialect.columns[column] ?? []);
}

/**
 * Reads the promoted columns out of attributes of any dialect. A value of the wrong type is taken where it clearly
 * is what is meant (tokens as `"12"`) and passed over where not. Texts are cut to what an indexed column holds,
 * except the session id: one that is too long is no session id.
 */
export function promote(attributes: AttributeMap): PromotedColumns {
  const spanKind = spanKindOf(attributes);
  const count = (column: Column) => firstOf(attributes, sources[column], countOf);
  const label = (column: Column) => firstOf(attributes, sources[column], labelOf);
  return {
    session_id: sessionIdIn(attributes),
    span_kind: spanKind,
    event_type: eventTypeOf(attributes, spanKind),
    agent_id: label('agent_id'),
    agent_name:
      label('agent_name') ?? (spanKind === 'agent' ? firstOf(attributes, agentSpanNames, labelOf) : null),
    provider: firstOf(attributes, sources.provider, providerOf),
    model: label('model'),
    input_tokens: count('input_tokens'),
    output_tokens: count('output_tokens'),
    cache_read_tokens: count('cache_read_tokens'),
    cache_write_tokens: count('cache_write_tokens'),
    reasoning_tokens: count('reasoning_tokens'),
    cost: firstOf(attributes, sources.cost, amountOf),
    user_id: label('user_id'),
    conversation_id: label('conversation_id'),
  };
}

/** The session that attributes of any dialect name, as `promote` reads it. */
export function sessionIdIn(attributes: AttributeMap): string | null {
  return firstOf(attributes, sources.session_id, sessionIdOf);
}

function labelOf(value: JsonValue | undefined): string | undefined {
  const text = textOf(value);
  return text === undefined ? undefined : indexedText(text);
}

function providerOf(value: JsonValue | undefined): string | undefined {
  const text = labelOf(value);
  return text === undefined ? undefined : providerName(text);
}

function sessionIdOf(value: JsonValue | undefined): string | undefined {
  const text = textOf(value);
  return text !== undefined && text.length <= LONGEST_SESSION_ID ? text : undefined;
}
