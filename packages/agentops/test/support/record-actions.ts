import { ActionEvent, type Client, type Session, startSession } from 'agentops';

/** Records actions of these names in a session of their own, which stays open. */
export function recordActions(...names: readonly string[]): Session {
  const run = startSession({ name: 'run' });
  for (const actionType of names) run.record(new ActionEvent({ actionType }));
  return run;
}

/** The same, and waits until they are exported. */
export async function recordAndFlush(client: Client, ...names: readonly string[]): Promise<void> {
  recordActions(...names);
  await client.flush();
}

/** So many names. */
export function numbered(count: number): string[] {
  return Array.from({ length: count }, (_, index) => `a${index}`);
}
