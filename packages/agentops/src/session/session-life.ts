import type { HrTime } from '@opentelemetry/api';
import { hrTimeDuration, hrTimeToMilliseconds } from '@opentelemetry/core';
import { AgentOpsError } from '../errors.ts';
import { hrNow } from '../time.ts';
import type { EndState } from './end-state.ts';

/** How a session ended. */
export interface SessionEnd {
  readonly state: EndState;
  readonly reason: string | undefined;
  readonly time: HrTime;
}

/** When a session began and ended, and whether its end is still this process's to say. */
export class SessionLife {
  readonly startTime: HrTime;
  readonly #isForeign: boolean;
  #isDetached = false;
  #end: SessionEnd | undefined;

  /** @param isForeign True for what is here of another process's session. */
  constructor(startTime: HrTime, isForeign: boolean) {
    this.startTime = startTime;
    this.#isForeign = isForeign;
  }

  get isDetached(): boolean {
    return this.#isDetached;
  }

  /** Undefined while the session runs, here or elsewhere. */
  get end(): SessionEnd | undefined {
    return this.#end;
  }

  /** True while `endWith` and `detach` are still to come. */
  get isOpen(): boolean {
    return !this.#isForeign && !this.#isDetached && this.#end === undefined;
  }

  /** Until now while the session runs; 0 where it seems to end before it began. */
  get durationMs(): number {
    return Math.max(0, hrTimeToMilliseconds(hrTimeDuration(this.startTime, this.#end?.time ?? hrNow())));
  }

  /** Throws an `AgentOpsError` where the end of session `id` is not this process's to say, or has been said. */
  assertEndable(id: string): void {
    if (this.#isDetached) throw notOwned(`session ${id} was detached: end what resumeSession returns`);
    if (this.#isForeign) throw notOwned(`session ${id} was started by another process, which ends it`);
    if (this.#end !== undefined) {
      throw new AgentOpsError(
        'session_ended',
        `session ${id} has already ended (${this.#end.state}); end it once, the second call changed nothing`,
      );
    }
  }

  endWith(end: SessionEnd): void {
    this.#end = end;
  }

  /**
   * From now on the session goes on elsewhere. Throws an `AgentOpsError` where it cannot.
   *
   * @param joined True in an OpenTelemetry set-up of the application's own.
   */
  detach(joined: boolean): void {
    const problem = this.#whyNotDetached(joined);
    if (problem !== undefined) throw new AgentOpsError('session_not_owned', `session.detach: ${problem}`);
    this.#isDetached = true;
  }

  #whyNotDetached(joined: boolean): string | undefined {
    if (this.#isForeign) return 'the session is another process’s, and stays there';
    if (this.#isDetached) return 'the session has been detached already';
    if (this.#end !== undefined) return 'the session has ended';
    if (joined)
      return 'in an OpenTelemetry set-up of the application’s own a session cannot move; it stays here';
    return undefined;
  }
}

function notOwned(why: string): AgentOpsError {
  return new AgentOpsError('session_not_owned', `${why}; this call changed nothing`);
}
