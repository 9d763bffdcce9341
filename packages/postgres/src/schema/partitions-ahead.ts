import type { Engine } from '../engines/engine.ts';
import { everyHour, type Regularly } from '../maintenance/every-hour.ts';
import { Partitions } from './partitions.ts';

const DAY_MS = 24 * 60 * 60 * 1000;

/**
 * Makes the partitions of today and tomorrow, now and every hour until it is stopped, so that at midnight no write waits
 * for one. What fails is told, and tried again; a write makes what it needs in any case.
 */
export function makePartitionsAhead(
  engine: Engine,
  onError: (error: unknown) => void,
  now: () => number = Date.now,
): Regularly {
  return everyHour(async () => {
    const days = [now(), now() + DAY_MS].map((ms) => new Date(ms).toISOString().slice(0, 10));
    // Nothing is remembered: somebody may have dropped one.
    await new Partitions(engine).ensure(days).catch(onError);
  });
}
