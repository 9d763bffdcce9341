import { TraceFlags } from '@opentelemetry/api';
import type { ReadableSpan, SpanProcessor } from '@opentelemetry/sdk-trace';
import { ATTR_SESSION_ID } from '../../semconv/attributes.ts';
import { DeniedScopes } from './denied-scopes.ts';
import type { ExportLane } from './export-lane.ts';

/** Puts every ended, sampled span into every lane. The lanes know nothing of each other. */
export class ExportProcessor implements SpanProcessor {
  readonly #lanes: readonly ExportLane[];
  readonly #sessionsOnly: boolean;
  readonly #denied: DeniedScopes;

  /** @param sessionsOnly Leaves out spans of no session: in an application's own set-up those are not ours to send. */
  constructor(lanes: readonly ExportLane[], sessionsOnly: boolean, denied = new DeniedScopes()) {
    this.#lanes = lanes;
    this.#sessionsOnly = sessionsOnly;
    this.#denied = denied;
  }

  onStart(): void {}

  onEnd(span: ReadableSpan): void {
    if ((span.spanContext().traceFlags & TraceFlags.SAMPLED) === 0) return;
    if (this.#sessionsOnly && span.attributes[ATTR_SESSION_ID] === undefined) return;
    if (this.#denied.has(span)) return;
    for (const lane of this.#lanes) lane.add(span);
  }

  async forceFlush(): Promise<void> {
    await Promise.all(this.#lanes.map((lane) => lane.flush()));
  }

  async shutdown(): Promise<void> {
    await this.forceFlush();
  }
}
