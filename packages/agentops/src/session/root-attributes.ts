import type { Attributes, AttributeValue } from '@opentelemetry/api';
import { toJson } from '../json.ts';
import * as attr from '../semconv/attributes.ts';
import type { EndState } from './end-state.ts';
import type { SessionTotals } from './totals.ts';

/** A session's values of the user's own; whatever is no attribute value is kept as JSON. */
export function metadataAttributes(metadata: Readonly<Record<string, unknown>>): Attributes {
  const attributes: Attributes = {};
  for (const [key, value] of Object.entries(metadata)) {
    const attributeValue = toAttributeValue(value);
    if (attributeValue !== undefined) attributes[attr.ATTR_SESSION_METADATA_PREFIX + key] = attributeValue;
  }
  return attributes;
}

/** What a session's root says at its end. */
export function endAttributes(
  state: EndState,
  reason: string | undefined,
  { counts, tokens, cost }: SessionTotals,
): Record<string, AttributeValue> {
  return {
    [attr.ATTR_SESSION_END_STATE]: state,
    ...(reason !== undefined && { [attr.ATTR_SESSION_END_STATE_REASON]: reason }),
    ...prefixed(attr.ATTR_SESSION_COUNT_PREFIX, counts),
    ...prefixed(attr.ATTR_SESSION_TOKENS_PREFIX, tokens),
    ...(cost !== null && { [attr.ATTR_SESSION_COST]: cost }),
  };
}

function prefixed(prefix: string, values: object): Record<string, AttributeValue> {
  return Object.fromEntries(Object.entries(values).map(([key, value]) => [prefix + key, value]));
}

function toAttributeValue(value: unknown): AttributeValue | undefined {
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') return value;
  if (Array.isArray(value) && value.every((item) => typeof item === 'string')) return value;
  return toJson(value);
}
