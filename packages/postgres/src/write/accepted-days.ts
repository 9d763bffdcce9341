/** How far from today the day of a trace may be. */
export interface AcceptedDays {
  /** Whole days before today, in UTC. */
  back: number;
  /** Whole days after today. */
  ahead: number;
}

/** What ingest accepts. A clock that is wrong by years must not make partitions for them. */
export const USUAL_DAYS: AcceptedDays = { back: 30, ahead: 1 };

/** The first and the last day accepted, as `YYYY-MM-DD`. */
export interface DayRange {
  first: string;
  last: string;
}

const DAY_MS = 86_400_000;

/** The range at a moment, in ms since the epoch. */
export function rangeAt(now: number, { back, ahead }: AcceptedDays): DayRange {
  const day = (ms: number) => new Date(ms).toISOString().slice(0, 10);
  return { first: day(now - back * DAY_MS), last: day(now + ahead * DAY_MS) };
}
