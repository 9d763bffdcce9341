import { Attr } from '../semconv.ts';
import type { AttributeMap, EventType } from '../span-row.ts';
import { indexedText } from '../storable-text.ts';
import { dialects } from './dialects.ts';
import { textOf } from './reading.ts';

const rules = dialects.flatMap((dialect) => dialect.kinds);

/** What an instrumentation writes that does not know either. */
const UNKNOWN = 'unknown';

const eventTypes: readonly EventType[] = ['actions', 'llms', 'tools', 'errors'];

/** The kinds of spans that are events. Sessions, agents and workflows are what events happen in. */
const eventTypeOfKind = new Map<string, EventType>([
  ['llm', 'llms'],
  ['tool', 'tools'],
  ['action', 'actions'],
  ['task', 'actions'],
  ['guardrail', 'actions'],
]);

/** What kind of thing the span is, from the first dialect that tells; null where none does. */
export function spanKindOf(attributes: AttributeMap): string | null {
  for (const { attribute, kinds, open } of rules) {
    const value = textOf(attributes[attribute])?.trim().toLowerCase();
    if (value === undefined || value === '' || value === UNKNOWN) continue;
    const kind = kinds.get(value) ?? (open ? indexedText(value) : undefined);
    if (kind !== undefined) return kind;
  }
  return null;
}

/** What kind of event the span is: as it says itself, else by its kind; null where it is none. */
export function eventTypeOf(attributes: AttributeMap, spanKind: string | null): EventType | null {
  const given = eventTypes.find((type) => type === attributes[Attr.EVENT_TYPE]);
  return given ?? eventTypeOfKind.get(spanKind ?? '') ?? null;
}
