import type { Session } from './session.ts';

/** The sessions that have started and not ended, by trace id. */
export class OpenSessions {
  readonly #byTraceId = new Map<string, Session>();
  /** Without those of which only a part is here. */
  readonly #own = new Set<Session>();

  get size(): number {
    return this.#byTraceId.size;
  }

  add(session: Session): void {
    this.#byTraceId.set(session.traceId, session);
    if (!session.isPart) this.#own.add(session);
  }

  delete(session: Session): void {
    this.#own.delete(session);
    // One that was resumed may have taken the place of a part.
    if (this.has(session)) this.#byTraceId.delete(session.traceId);
  }

  /** How many have their root here. */
  get ownSize(): number {
    return this.#own.size;
  }

  has(session: Session): boolean {
    return this.#byTraceId.get(session.traceId) === session;
  }

  get oldest(): Session | undefined {
    return this.#byTraceId.values().next().value;
  }

  of(traceId: string): Session | undefined {
    return this.#byTraceId.get(traceId);
  }

  /**
   * The one open session of this process's own; undefined where there is none or more than one. `besides` counts only where
   * it is alone.
   */
  only(besides?: Session): Session | undefined {
    if (this.#own.size === 1) return this.#own.values().next().value;
    if (this.#own.size !== 2 || besides === undefined || !this.#own.has(besides)) return undefined;
    return [...this.#own].find((session) => session !== besides);
  }

  all(): Session[] {
    return [...this.#byTraceId.values()];
  }
}
