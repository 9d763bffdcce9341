import type { Session } from './session.ts';

/** The sessions that have started and not ended, by trace id. */
export class OpenSessions {
  readonly #byTraceId = new Map<string, Session>();

  get size(): number {
    return this.#byTraceId.size;
  }

  add(session: Session): void {
    this.#byTraceId.set(session.traceId, session);
  }

  delete(session: Session): void {
    this.#byTraceId.delete(session.traceId);
  }

  of(traceId: string): Session | undefined {
    return this.#byTraceId.get(traceId);
  }

  /** The one open session; undefined where there is none or more than one. */
  only(): Session | undefined {
    return this.#byTraceId.size === 1 ? this.#byTraceId.values().next().value : undefined;
  }

  all(): Session[] {
    return [...this.#byTraceId.values()];
  }
}
