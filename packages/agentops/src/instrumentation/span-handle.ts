import { randomUUID } from 'node:crypto';
import type { Attributes, Context, Span } from '@opentelemetry/api';
import { toJson } from '../json.ts';
import * as attr from '../semconv/attributes.ts';
import {
  type EventType,
  type NamedSpanKind,
  namedSpan,
  SPAN_KINDS,
  type SpanKindConvention,
} from '../semconv/span-kinds.ts';
import { recordFailure } from '../telemetry/failure.ts';
import type { SetAttribute } from '../telemetry/processors/attribute-processor.ts';
import type { TelemetryManager } from '../telemetry/telemetry-manager.ts';
import { hrNow } from '../time.ts';

/**
 * A running piece of work: its span, and what went in and came out of it. What a helper hands to the function it
 * runs. It ends exactly once; what is said after the end is ignored.
 */
export class SpanHandle {
  readonly name: string;
  readonly span: Span;
  /** The context in which the work's own spans become its children. */
  readonly context: Context;
  readonly #telemetry: TelemetryManager;
  readonly #convention: SpanKindConvention;
  readonly #capture: boolean;
  #input: string | undefined;
  #output: string | undefined;
  #ended = false;

  /** Starts a span of `kind` below the span of `parent`. */
  constructor(
    telemetry: TelemetryManager,
    kind: NamedSpanKind,
    name: string,
    parent: Context,
    attributes?: Attributes,
  ) {
    const convention = namedSpan(kind, name);
    this.name = name;
    this.#convention = SPAN_KINDS[kind];
    this.#capture = telemetry.captureContent;
    this.#telemetry = telemetry;
    this.span = telemetry.startSpan(
      convention.name,
      (set) => {
        const { attributes } = convention;
        for (const key in attributes) set(key, attributes[key]);
        if (this.#convention.eventType !== undefined) this.#setEvent(set, this.#convention.eventType);
      },
      { startTime: hrNow(), ...(attributes !== undefined && { attributes }) },
      parent,
    );
    this.context = telemetry.enabled ? telemetry.contextWith(parent, this.span) : parent;
  }

  /** What went in. Kept as JSON; nothing is kept while content capture is off. */
  setInput(value: unknown): this {
    this.#input = this.#records() ? toJson(value) : undefined;
    if (this.#input !== undefined) {
      this.#recordContent(this.#convention.inputAttribute, attr.ATTR_AGENTOPS_INPUT, this.#input);
    }
    return this;
  }

  /** What came out. A helper sets it to what its function returned, unless the function has set it itself. */
  setOutput(value: unknown): this {
    this.#output = this.#records() ? toJson(value) : undefined;
    if (this.#output !== undefined) {
      this.#recordContent(this.#convention.outputAttribute, attr.ATTR_AGENTOPS_OUTPUT, this.#output);
    }
    return this;
  }

  /** Attributes of your own. */
  setAttributes(attributes: Attributes): this {
    this.span.setAttributes(attributes);
    return this;
  }

  /** Ends the span as it stands. */
  succeed(output?: unknown): void {
    if (this.#ended) return;
    if (output !== undefined && this.#output === undefined) this.setOutput(output);
    this.#end();
  }

  /** Ends the span with status ERROR and the exception. */
  fail(error: unknown): void {
    if (this.#ended) return;
    recordFailure(this.span, error);
    this.#end();
  }

  #end(): void {
    this.#ended = true;
    this.span.end(hrNow());
  }

  /**
   * Content is kept in one place: where the conventions have an attribute for it, there; else, for events, in
   * `event.data`. It is written when it is said, so that work that is cut off has said what it was about.
   */
  #recordContent(attribute: string | undefined, fallback: string, json: string): void {
    const isEvent = this.#convention.eventType !== undefined;
    const key = attribute ?? (isEvent ? attr.ATTR_EVENT_DATA : fallback);
    this.#telemetry.setAttributes(this.span, (set) =>
      set(key, key === attr.ATTR_EVENT_DATA ? this.#eventData() : json),
    );
  }

  #setEvent(set: SetAttribute, type: EventType): void {
    set(attr.ATTR_EVENT_ID, randomUUID());
    set(attr.ATTR_EVENT_TYPE, type);
    set(attr.ATTR_EVENT_DATA, this.#eventData());
  }

  #eventData(): string {
    const hasAttributes = this.#convention.inputAttribute !== undefined;
    const content = hasAttributes ? '' : `${member('params', this.#input)}${member('returns', this.#output)}`;
    return `{"name":${JSON.stringify(this.name)}${content}}`;
  }

  #records(): boolean {
    return this.#capture && !this.#ended && this.span.isRecording();
  }
}

function member(key: string, json: string | undefined): string {
  return json === undefined ? '' : `,"${key}":${json}`;
}
