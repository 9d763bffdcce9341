import { isDeepStrictEqual } from 'node:util';
import type { Attributes, AttributeValue } from '@opentelemetry/api';
import type { SamplingRule } from '../../config/pipeline-options.ts';
import { compileGlob } from '../../glob.ts';
import { ATTR_SESSION_TAGS } from '../../semconv/attributes.ts';

/** What a rule looks at: a root span as it starts. */
export interface Root {
  readonly name: string;
  readonly attributes: Attributes;
}

type Condition = (root: Root) => boolean;

/** The rate of the first of `rules` that matches a root; undefined where none does. */
export function compileRules(rules: readonly SamplingRule[]): (root: Root) => number | undefined {
  const compiled = rules.map(({ match, rate }) => ({ conditions: conditionsOf(match), rate }));
  return (root) => compiled.find(({ conditions }) => conditions.every((holds) => holds(root)))?.rate;
}

function conditionsOf({ name, tags, attributes = {} }: SamplingRule['match']): Condition[] {
  const conditions = Object.entries(attributes).map(([key, wanted]): Condition => {
    const matches = equalTo(wanted);
    return (root) => matches(root.attributes[key]);
  });
  if (name !== undefined) {
    const matches = compileGlob(name);
    conditions.push((root) => matches(root.name));
  }
  if (tags !== undefined) conditions.push(({ attributes }) => tags.some((tag) => hasTag(attributes, tag)));
  return conditions;
}

function hasTag(attributes: Attributes, tag: string): boolean {
  const tags = attributes[ATTR_SESSION_TAGS];
  return Array.isArray(tags) && (tags as unknown[]).includes(tag);
}

function equalTo(wanted: AttributeValue): (value: unknown) => boolean {
  if (typeof wanted !== 'string') return (value) => isDeepStrictEqual(value, wanted);
  const matches = compileGlob(wanted);
  return (value) => typeof value === 'string' && matches(value);
}
