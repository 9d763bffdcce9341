import { type Attributes, type Context, type Span, SpanKind } from '@opentelemetry/api';
import { namedSpan } from '../semconv/span-kinds.ts';
import { recordFailure } from '../telemetry/failure.ts';
import type { TelemetryManager } from '../telemetry/telemetry-manager.ts';
import { hrNow } from '../time.ts';
import { SpanEnding } from './span-ending.ts';

/** What the span of a part is made of. */
export interface PartOptions {
  readonly name?: string | undefined;
  /** Default `INTERNAL`. */
  readonly kind?: SpanKind | undefined;
  readonly attributes?: Attributes | undefined;
}

/** What of a session of another process runs here, as a span. The first ending counts. */
export class PartCall {
  readonly span: Span;
  readonly #ending: SpanEnding;

  constructor(
    telemetry: TelemetryManager,
    parent: Context,
    { name, kind, attributes }: PartOptions & { readonly name: string },
  ) {
    const marks = namedSpan('workflow', name);
    this.span = telemetry.startSpan(
      name,
      (set) => {
        for (const key in marks.attributes) set(key, marks.attributes[key]);
      },
      {
        startTime: hrNow(),
        kind: kind ?? SpanKind.INTERNAL,
        ...(attributes !== undefined && { attributes }),
      },
      parent,
    );
    this.#ending = new SpanEnding(this.span);
  }

  succeed(): void {
    this.#ending.end(() => {});
  }

  fail(error: unknown): void {
    this.#ending.end(() => recordFailure(this.span, error));
  }
}
