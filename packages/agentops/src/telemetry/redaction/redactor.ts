import type { Attributes, AttributeValue } from '@opentelemetry/api';
import { resourceFromAttributes } from '@opentelemetry/resources';
import type { ReadableSpan } from '@opentelemetry/sdk-trace';
import type { ContentConfig } from '../../config/config.ts';
import { AgentOpsError } from '../../errors.ts';
import type { Reporter } from '../../reporter.ts';
import { type SpanChanges, SpanCopy } from '../span-copy.ts';
import { cutText } from './cut-text.ts';
import type { KeyRule } from './key-names.ts';
import { FAILED_MASK } from './rule.ts';
import { compileRules, type Rules } from './rules.ts';
import { SLOW_RULE_MS } from './user-rules.ts';

type Resource = ReadableSpan['resource'];

/** A text of at most so many characters is remembered, for so many attributes. */
const REMEMBERED_LENGTH = 100;
const REMEMBERED_ATTRIBUTES = 100;

export interface RedactorOptions extends Pick<ContentConfig, 'redact' | 'maxLength'> {
  readonly reporter: Reporter;
}

/**
 * Masks what must not leave the process, before anything that sends or stores has seen it: every text of a span, its
 * resource's included, and nothing but text. Fails closed: where a rule fails, the whole value is masked.
 */
export class Redactor {
  readonly #rules: Rules;
  readonly #maxLength: number | undefined;
  readonly #reporter: Reporter;
  readonly #masks = new Map<string, number>();
  readonly #slowRules = new Set<string>();
  readonly #resources = new WeakMap<Resource, Resource>();
  /**
   * By attribute, the last short text in which there was nothing to mask: one span has most of what the one before it
   * had. A user's function is asked each time, since it may change its mind.
   */
  readonly #clean = new Map<string, string>();

  /** Throws `invalid_config` for a pattern that is no regular expression. */
  constructor({ redact, maxLength, reporter }: RedactorOptions) {
    this.#rules = compileRules(redact);
    this.#maxLength = maxLength;
    this.#reporter = reporter;
  }

  /** How often each rule has masked something, by its name; never what it was. */
  get masks(): Readonly<Record<string, number>> {
    return Object.fromEntries(this.#masks);
  }

  /** `span` as it may be seen: the same object where nothing had to be changed, else a copy. Never throws. */
  span(span: ReadableSpan): ReadableSpan {
    if (this.#rules.isEmpty && this.#maxLength === undefined) return span;
    try {
      return this.#redact(span);
    } catch (error) {
      this.#failed('span', error);
      return withoutTexts(span);
    }
  }

  /** `text` as it may be seen. `key` is the name it goes by, whose meaning counts too. Never throws. */
  text(text: string, key = ''): string {
    const rule = this.#ruleOf(key);
    return rule === undefined ? this.#masked(text, key) : this.#whole(text, rule);
  }

  /** `value` as it may be seen, a list or map with all that is in it; `key` is its name. Never throws. */
  value(value: unknown, key: string): unknown {
    return this.#value(value as AttributeValue, key);
  }

  /** `attributes` as they may be seen: the same object where nothing had to be changed, else a copy. */
  attributes(attributes: Attributes): Attributes {
    let changed: Attributes | undefined;
    for (const key in attributes) {
      const value = attributes[key];
      // Most are short texts and numbers, and there are twenty of them on a span.
      if (typeof value !== 'string' && typeof value !== 'object' && this.#rules.hasUserKeys === false)
        continue;
      if (typeof value === 'string' && this.#clean.get(key) === value) continue;
      const redacted = this.#value(value, key);
      if (redacted === value) {
        if (typeof value === 'string' && value.length <= REMEMBERED_LENGTH) this.#remember(key, value);
        continue;
      }
      changed ??= { ...attributes };
      changed[key] = redacted;
    }
    return changed ?? attributes;
  }

  #remember(key: string, clean: string): void {
    if (this.#rules.users.length > 0) return;
    if (this.#clean.size >= REMEMBERED_ATTRIBUTES && !this.#clean.has(key)) this.#clean.clear();
    this.#clean.set(key, clean);
  }

  #redact(span: ReadableSpan): ReadableSpan {
    const { status } = span;
    const name = this.text(span.name, 'name');
    const message = status.message && this.text(status.message, 'status.message');
    const attributes = this.attributes(span.attributes);
    const events = mapped(span.events, (event) => this.#event(event));
    const links = mapped(span.links, (link) => this.#attributed(link));
    const resource = this.#resource(span.resource);
    if (
      name === span.name &&
      message === status.message &&
      attributes === span.attributes &&
      events === span.events &&
      links === span.links &&
      resource === span.resource
    ) {
      return span;
    }
    const changes: SpanChanges = {
      name,
      attributes,
      events,
      links,
      resource,
      ...(message !== undefined && { status: { ...status, message } }),
    };
    return new SpanCopy(span, changes);
  }

  #event(event: ReadableSpan['events'][number]): ReadableSpan['events'][number] {
    const name = this.text(event.name, 'event.name');
    const redacted = this.#attributed(event);
    return name === event.name ? redacted : { ...redacted, name };
  }

  #attributed<T extends { readonly attributes?: Attributes }>(owner: T): T {
    if (owner.attributes === undefined) return owner;
    const attributes = this.attributes(owner.attributes);
    return attributes === owner.attributes ? owner : { ...owner, attributes };
  }

  /** Processes have few resources and many spans. */
  #resource(resource: Resource): Resource {
    const known = this.#resources.get(resource);
    if (known !== undefined) return known;
    const attributes = this.attributes(resource.attributes);
    const redacted =
      attributes === resource.attributes
        ? resource
        : resourceFromAttributes(
            attributes,
            resource.schemaUrl === undefined ? undefined : { schemaUrl: resource.schemaUrl },
          );
    // What is still being detected will be other attributes.
    if (!resource.asyncAttributesPending) this.#resources.set(resource, redacted);
    return redacted;
  }

  #value(value: AttributeValue | undefined, key: string): AttributeValue | undefined {
    const rule = this.#ruleOf(key);
    const redacted = rule === undefined ? this.#textsOf(value, key) : this.#valueOf(value, rule);
    return redacted as AttributeValue | undefined;
  }

  /** With every text in `value` masked where it has to be. */
  #textsOf(value: unknown, key: string): unknown {
    if (typeof value === 'string') return this.#cut(this.#masked(value, key));
    return this.#members(value, (member, name) =>
      name === undefined ? this.#textsOf(member, key) : this.#value(member as AttributeValue, name),
    );
  }

  /** `value` where its name says that it is not to be seen. */
  #valueOf(value: unknown, rule: KeyRule): unknown {
    if (typeof value === 'string') return this.#whole(value, rule);
    if (typeof value === 'object') return this.#members(value, (member) => this.#valueOf(member, rule));
    if (value === undefined || rule.masks !== 'anything') return value;
    this.#count(rule.name);
    return rule.replacement;
  }

  /** A list or map with its members as `redact` has them; `value` itself where none was changed. */
  #members(value: unknown, redact: (member: unknown, name?: string) => unknown): unknown {
    if (typeof value !== 'object' || value === null || value instanceof Uint8Array) return value;
    if (Array.isArray(value)) return mapped(value as readonly unknown[], (member) => redact(member));
    const entries: [string, unknown][] = Object.entries(value);
    const redacted = mapped(entries, (entry): [string, unknown] => {
      const [name, member] = entry;
      const result = redact(member, name);
      return result === member ? entry : [name, result];
    });
    return redacted === entries ? value : Object.fromEntries(redacted);
  }

  #ruleOf(key: string): KeyRule | undefined {
    return this.#rules.names.isEmpty ? undefined : this.#rules.names.of(key);
  }

  #whole(value: string, rule: KeyRule): string {
    if (value === '') return value;
    if (rule.masks === 'opaque' && (value.length < 8 || value.includes(' '))) return this.#masked(value, '');
    this.#count(rule.name);
    return rule.replacement;
  }

  #masked(text: string, key: string): string {
    let masked = text;
    for (const rule of this.#rules.builtIn) {
      if (masked.length < rule.shortest) continue;
      try {
        masked = rule.mask(masked, key, this.#count);
      } catch (error) {
        return this.#failed(rule.name, error);
      }
    }
    for (const rule of this.#rules.users) {
      const start = performance.now();
      try {
        masked = rule.mask(masked, key, this.#count);
      } catch (error) {
        return this.#failed(rule.name, error);
      }
      const taken = performance.now() - start;
      if (taken > SLOW_RULE_MS) this.#slow(rule.name, taken, text.length);
    }
    return masked;
  }

  #cut(text: string): string {
    return this.#maxLength === undefined ? text : cutText(text, this.#maxLength);
  }

  readonly #count = (rule: string, masks = 1): void => {
    this.#masks.set(rule, (this.#masks.get(rule) ?? 0) + masks);
  };

  /** The error's own message stays out of it: it may quote the text. */
  #failed(rule: string, error: unknown): string {
    this.#count('failed');
    this.#reporter.error(
      new AgentOpsError(
        'redaction_failed',
        `redaction: ${rule} failed (${error instanceof Error ? error.name : 'no error'}); the value was masked whole`,
        { cause: error },
      ),
    );
    return FAILED_MASK;
  }

  /** Once for each rule: a slow one is slow for every text. */
  #slow(rule: string, ms: number, length: number): void {
    if (this.#slowRules.has(rule)) return;
    this.#slowRules.add(rule);
    this.#reporter.error(
      new AgentOpsError(
        'redaction_failed',
        `redaction: ${rule} took ${Math.round(ms)} ms for a text of ${length} characters, in which the program stood still; make it simpler`,
      ),
      'warn',
    );
  }
}

/** `list` itself where `change` changed none of its items. */
function mapped<T>(list: T[], change: (item: T) => T): T[];
function mapped<T>(list: readonly T[], change: (item: T) => T): readonly T[];
function mapped<T>(list: readonly T[], change: (item: T) => T): readonly T[] {
  let changed: T[] | undefined;
  let index = 0;
  for (const item of list) {
    const result = change(item);
    if (result !== item) {
      changed ??= [...list];
      changed[index] = result;
    }
    index += 1;
  }
  return changed ?? list;
}

/** The span's structure and figures alone. */
function withoutTexts(span: ReadableSpan): ReadableSpan {
  const figures = Object.entries(span.attributes).filter(
    ([, value]) => typeof value !== 'string' && typeof value !== 'object',
  );
  return new SpanCopy(span, {
    name: FAILED_MASK,
    attributes: Object.fromEntries(figures),
    status: { code: span.status.code },
    events: [],
    links: [],
  });
}
