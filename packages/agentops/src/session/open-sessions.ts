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

  get oldest(): Session | undefined {
    return this.#byTraceId.values().next().value;
  }

  of(traceId: string): Session | undefined {
    return this.#byTraceId.get(traceId);
  }

  /** The one open session; undefined where there is none or more than one. `besides` counts only where it is alone. */
  only(besides?: Session): Session | undefined {
    if (this.#byTraceId.size === 1) return this.#byTraceId.values().next().value;
    if (this.#byTraceId.size !== 2 || besides === undefined) return undefined;
    return this.all().find((session) => session !== besides);
  }

  all(): Session[] {
    return [...this.#byTraceId.values()];
  }
}
