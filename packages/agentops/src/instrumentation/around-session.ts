import { currentClient } from '../default-client.ts';
import type { EndState } from '../session/end-state.ts';
import type { Session } from '../session/session.ts';
import { messageOf } from '../telemetry/failure.ts';
import type { Outcome } from './outcome.ts';
import { settle } from './settle.ts';

/** Runs `work` in `started`, which ends with it: `Success` when it returns, `Fail` with the error's message when it throws. */
export function aroundSession<T>(started: Session, work: (session: Session) => T): T {
  const client = currentClient();
  const end = (state: EndState, reason?: string): void => {
    client.guard('session', () => {
      if (started.endState === undefined && !started.isDetached) started.end(state, reason);
    });
  };
  const outcome: Outcome = {
    succeed: () => end('Success'),
    fail: (error) => end('Fail', messageOf(error)),
  };
  return settle(() => work(started), started.contextOf(), outcome);
}
