import { setImmediate as turn } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

/** Collects what nothing holds any more; what a `WeakRef` has given in this turn of the event loop counts as held. */
export async function collectGarbage(): Promise<void> {
  await turn();
  collect();
}
