import type { SessionSummary } from '@agentops/server/api';
import { describe, expect, it } from 'vitest';
import { holdNewer } from '../../src/sessions/held-rows.ts';

const sessions = ['new', 'newer', 'seen', 'old'].map((session_id) => ({ session_id }) as SessionSummary);

describe('rows held back', () => {
  it('are those above the row the reader saw first', () => {
    const { shown, held } = holdNewer(sessions, 'seen');
    expect(shown.map((session) => session.session_id)).toEqual(['seen', 'old']);
    expect(held).toBe(2);
  });

  it('are none while nothing is held, or once that row is gone', () => {
    expect(holdNewer(sessions, null)).toEqual({ shown: sessions, held: 0 });
    expect(holdNewer(sessions, 'gone')).toEqual({ shown: sessions, held: 0 });
  });
});
