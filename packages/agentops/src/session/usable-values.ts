import type { HrTime } from '@opentelemetry/api';
import { AgentOpsError } from '../errors.ts';
import type { Reporter } from '../reporter.ts';
import { messageOf } from '../telemetry/failure.ts';
import { hrNow, type Time, toHrTime } from '../time.ts';
import { type EndState, isEndState } from './end-state.ts';

/** What is given for the end of a session; what is no end state is reported, and `Indeterminate` taken. */
export function usableEndState(state: EndState, reporter: Reporter): EndState {
  if (isEndState(state)) return state;
  reporter.error(
    new AgentOpsError(
      'invalid_argument',
      `session.end: state ${JSON.stringify(state)} is none of Success, Fail, Indeterminate; ended as Indeterminate`,
    ),
  );
  return 'Indeterminate';
}

/**
 * Now, where no time is given or what is given is none, which is reported: a session is never lost for one.
 *
 * @param argument As it stands in the message.
 */
export function usableTime(argument: string, time: Time | undefined, reporter: Reporter): HrTime {
  if (time === undefined) return hrNow();
  try {
    return toHrTime(time);
  } catch (cause) {
    const message = `${argument}: ${messageOf(cause)}; now was taken`;
    reporter.error(new AgentOpsError('invalid_argument', message, { cause }));
    return hrNow();
  }
}
