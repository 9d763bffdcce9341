import type { SpanStore } from '@agentops/postgres';
import { PROJECT, type Seeded } from './seed.ts';

/** How often each question is asked at most. */
export const ROUNDS = 40;

/**
 * What is asked, differently each round. Most answers are longer the more there is, as a user's are; the last four about
 * sessions are as long at any size.
 */
export const QUESTIONS: Record<
  string,
  (store: SpanStore, seeded: Seeded, round: number) => Promise<object | undefined>
> = {
  'sessions: all': (store) => store.sessions(PROJECT, {}),
  'sessions: tag of most': (store) => store.sessions(PROJECT, { tag: 'production' }),
  'sessions: tag of few': (store, _, round) => store.sessions(PROJECT, { tag: `customer-${round * 7}` }),
  'sessions: text in all names': (store) => store.sessions(PROJECT, { q: 'question' }),
  'sessions: text in a quarter': (store) => store.sessions(PROJECT, { q: 'Lamps' }),
  'sessions: text in few names': (store, { sessions }, round) =>
    store.sessions(PROJECT, { q: `#${Math.floor((sessions * round) / ROUNDS)} ` }),
  'sessions: text in none': (store, _, round) => store.sessions(PROJECT, { q: `nothing ${round}` }),
  'sessions: errors': (store) => store.sessions(PROJECT, { errors: true }),
  'sessions: failed': (store) => store.sessions(PROJECT, { state: 'Fail' }),
  'sessions: running': (store) => store.sessions(PROJECT, { state: 'running' }),
  'sessions: model of a third': (store) => store.sessions(PROJECT, { model: 'gpt-5' }),
  'sessions: model of few': (store) => store.sessions(PROJECT, { model: 'o3-trial' }),
  'sessions: user': (store, _, round) => store.sessions(PROJECT, { user: `u-${round * 11}` }),
  'sessions: an hour': (store, { from, to }, round) => {
    const start = from + ((to - from) / (ROUNDS + 1)) * round;
    return store.sessions(PROJECT, { from: iso(start), to: iso(start + 3_600_000) });
  },
  'sessions: a week, errors, a model': (store, { from }, round) =>
    store.sessions(PROJECT, {
      from: iso(from + round * 3_600_000),
      to: iso(from + round * 3_600_000 + 7 * 24 * 3_600_000),
      errors: true,
      model: 'gpt-5',
    }),
  'sessions: user with 50': (store, { sessions }, round) =>
    store.sessions(PROJECT, { user: `regular-${Math.floor(((sessions / 5_000) * round) / ROUNDS)}` }),
  'sessions: a stretch of 700': (store, seeded, round) =>
    store.sessions(PROJECT, stretch(seeded, 700, round)),
  'sessions: a stretch of 4,000, errors, a model': (store, seeded, round) =>
    store.sessions(PROJECT, { ...stretch(seeded, 4_000, round), errors: true, model: 'gpt-5' }),
  'sessions: tag of the newest 100 alone': (store, { sessions }) =>
    store.sessions(PROJECT, { tag: `release-${Math.floor((sessions - 1) / 100)}` }),
  'session of 1,000 spans': (store, { large }) => store.spans(PROJECT, large.get(1_000) ?? ''),
  'session of 20,000 spans': (store, { large }) => store.spans(PROJECT, large.get(20_000) ?? ''),
  'charts: a month by day': (store, seeded) => store.stats(PROJECT, month(seeded)),
  'charts: a month by day and model': (store, seeded) =>
    store.stats(PROJECT, { ...month(seeded), by: 'model' }),
  'charts: a week by hour': (store, { to }) =>
    store.stats(PROJECT, { from: iso(to - 7 * 24 * 3_600_000), to: iso(to), step: 'hour' }),
};

/** The time in which so many sessions began: the more there are, the shorter. */
function stretch({ sessions, from, to }: Seeded, count: number, round: number) {
  const step = (to - from) / sessions;
  const start = from + Math.max(0, sessions - count) * (round / ROUNDS) * step;
  return { from: iso(start), to: iso(start + count * step) };
}

const iso = (ms: number): string => new Date(ms).toISOString();
const month = ({ from, to }: Seeded) => ({ from: iso(from), to: iso(to) });
