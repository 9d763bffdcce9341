import type { InitOptions, ModuleOption } from 'agentops';

type SpanProcessor = Exclude<NonNullable<InitOptions['processors']>[number], ModuleOption>;

/** Remembers which spans ended in this process, to be compared with what a backend has of them. */
export class SpanRecorder implements SpanProcessor {
  readonly #spanIds = new Map<string, Set<string>>();

  onStart(): void {}

  onEnd(span: Parameters<SpanProcessor['onEnd']>[0]): void {
    const { traceId, spanId } = span.spanContext();
    const known = this.#spanIds.get(traceId) ?? new Set();
    this.#spanIds.set(traceId, known.add(spanId));
  }

  /** The ids of the spans of one trace. */
  spanIdsOf(traceId: string): ReadonlySet<string> {
    return this.#spanIds.get(traceId) ?? new Set();
  }

  async forceFlush(): Promise<void> {}

  async shutdown(): Promise<void> {}
}
