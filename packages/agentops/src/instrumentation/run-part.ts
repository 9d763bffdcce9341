import type { Context } from '@opentelemetry/api';
import type { Client } from '../client.ts';
import type { Session } from '../session/session.ts';
import { PartCall, type PartOptions } from './part-call.ts';
import { settle } from './settle.ts';

/** Runs `fn` as a part of the session that `remote` is the context of, as long as what `fn` returns is under way. */
export function runPart<T>(
  client: Client,
  remote: Context,
  { name = 'continue session', ...options }: PartOptions,
  fn: (session: Session) => T,
): T {
  const entered = client.guard(name, () =>
    client.sessions.enter(
      remote,
      name,
      (parent) => new PartCall(client.telemetry, parent, { name, ...options }),
    ),
  );
  if (entered === undefined) return fn(client.unrecordedSession());
  const { work, session, leave } = entered;
  const end = (ending: () => void): void => {
    client.guard(name, ending);
    client.guard(name, leave);
  };
  return settle(() => fn(session), entered.context, {
    succeed: () => end(() => work.succeed()),
    fail: (error) => end(() => work.fail(error)),
  });
}
