import type { ReadableSpan, SpanProcessor } from '@opentelemetry/sdk-trace';
import { ATTR_SESSION_ID } from '../../semconv/attributes.ts';
import type { Redactor } from '../redaction/redactor.ts';
import { DeniedScopes } from './denied-scopes.ts';
import type { ExportLane } from './export-lane.ts';
import { QueuedSpan } from './queue-budget.ts';

/** Puts every ended span that it is handed, by then known to be sampled, into every lane. The lanes know nothing of each other. */
export class ExportProcessor implements SpanProcessor {
  readonly #lanes: readonly ExportLane[];
  readonly #redactor: Redactor;
  readonly #sessionsOnly: boolean;
  readonly #denied: DeniedScopes;

  /**
   * @param redactor Asked once for each span: what the lanes get may leave the process.
   * @param sessionsOnly Leaves out spans of no session: in an application's own set-up those are not ours to send.
   */
  constructor(
    lanes: readonly ExportLane[],
    redactor: Redactor,
    sessionsOnly: boolean,
    denied = new DeniedScopes(),
  ) {
    this.#lanes = lanes;
    this.#redactor = redactor;
    this.#sessionsOnly = sessionsOnly;
    this.#denied = denied;
  }

  onStart(): void {}

  onEnd(span: ReadableSpan): void {
    if (this.#sessionsOnly && span.attributes[ATTR_SESSION_ID] === undefined) return;
    if (this.#denied.has(span)) return;
    const queued = new QueuedSpan(this.#redactor.span(span));
    for (const lane of this.#lanes) lane.add(queued);
  }

  async forceFlush(): Promise<void> {
    await Promise.all(this.#lanes.map((lane) => lane.flush()));
  }

  async shutdown(): Promise<void> {
    await this.forceFlush();
  }
}
