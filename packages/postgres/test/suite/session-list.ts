import type { SessionListQuery } from '@agentops/postgres';
import { beforeAll, describe, expect, it } from 'vitest';
import { anLlmSpan, aSessionSpan, aSpan, NOON, newProject, ns, traceIdAt } from '../spans.ts';
import type { Stage } from '../store-suite.ts';

export function sessionListSuite(stage: Stage): void {
  const store = () => stage.stores[0];

  describe('D1: the list of sessions', () => {
    it('walks every session exactly once while new ones arrive', async () => {
      const project = newProject();
      // Several start at the same moment: the time alone does not tell them apart.
      const old = Array.from({ length: 23 }, (_, i) => aSpan({ start_time: ns(NOON + Math.floor(i / 4)) }));
      await store().write(project, old);
      await store().settle();
      const seen: string[] = [];
      let cursor: string | null | undefined;
      do {
        const page = await store().sessions(project, { limit: 5, ...(cursor && { cursor }) });
        seen.push(...page.sessions.map((session) => session.session_id));
        expect(page.total).toBeGreaterThanOrEqual(old.length);
        cursor = page.next_cursor;
        await store().write(project, [
          aSpan({ trace_id: traceIdAt(NOON + 60_000), start_time: ns(NOON + 60_000) }),
        ]);
        await store().settle();
      } while (cursor);
      expect(seen).toHaveLength(old.length);
      expect(new Set(seen)).toEqual(new Set(old.map((span) => span.session_id)));
    });

    it('finds by name, id, state, errors, tag, service and user', async () => {
      const project = newProject();
      const checkout = aSessionSpan({
        operation_name: 'Check 100%_out',
        service_name: 'shop',
        user_id: 'u1',
        attributes: { 'agentops.session.tags': ['beta'], 'agentops.session.end_state': 'Success' },
      });
      const failed = aSessionSpan({ operation_name: 'refund', status: 2 });
      const running = aSessionSpan({ operation_name: 'browse', end_time: null });
      await store().write(project, [checkout, failed, running, anLlmSpan(running)]);
      await store().settle();
      const found = async (query: Parameters<Stage['stores'][0]['sessions']>[1]) => {
        const { sessions, total } = await store().sessions(project, query);
        expect(total).toBe(sessions.length);
        return sessions.map((session) => session.name).sort();
      };
      expect(await found({ q: 'check 100%' })).toEqual(['Check 100%_out']);
      expect(await found({ q: '0_%' })).toEqual([]);
      expect(await found({ q: failed.session_id.slice(0, 22).toUpperCase() })).toEqual(['refund']);
      expect(await found({ state: 'Success' })).toEqual(['Check 100%_out']);
      expect(await found({ state: 'Fail' })).toEqual(['refund']);
      expect(await found({ state: 'running' })).toEqual(['browse']);
      expect(await found({ errors: true })).toEqual(['refund']);
      expect(await found({ errors: false })).toEqual(['Check 100%_out', 'browse']);
      expect(await found({ tag: 'beta' })).toEqual(['Check 100%_out']);
      expect(await found({ service: 'shop' })).toEqual(['Check 100%_out']);
      expect(await found({ user: 'u1', state: 'Fail' })).toEqual([]);
      expect(await found({ q: 'CK' })).toEqual(['Check 100%_out']);
      expect(await found({ q: 'out', tag: 'beta', errors: false })).toEqual(['Check 100%_out']);
      expect(await found({ model: 'gpt-5' })).toEqual(['browse']);
      expect(await found({ from: '2026-11-21T12:00:00Z' })).toEqual(['Check 100%_out', 'browse', 'refund']);
      expect(await found({ from: '2026-11-21T12:00:00.000000001Z' })).toEqual([]);
      expect(await found({ to: '2026-11-21T14:00:00+02:00' })).toEqual([]);
      expect(await found({ from: '2026-11-21', to: '2026-11-22' })).toHaveLength(3);
      expect(await found({ state: 'Fail', errors: true, service: 'tests' })).toEqual(['refund']);
    });

    it('counts up to 1,000 exactly, and says so', async () => {
      const project = newProject();
      const add = (from: number, to: number) =>
        stage.engine.query(
          `INSERT INTO agentops.sessions (project_id, session_id, start_time)
           SELECT $1, n::text, n FROM generate_series($2::int, $3::int) AS n`,
          [project, from, to],
        );
      await add(1, 1_000);
      expect(await store().sessions(project, {})).toMatchObject({ total: 1_000, is_total_exact: true });
      await add(1_001, 1_002);
      expect(await store().sessions(project, {})).toMatchObject({ total: 1_000, is_total_exact: false });
    });

    // A thousand of them are looked at to find the way to the others.
    describe('of more sessions than are looked at', () => {
      const SESSIONS = 1_200;
      const project = newProject();

      beforeAll(() =>
        stage.engine.query(
          `INSERT INTO agentops.sessions (project_id, session_id, start_time, name, tags, models, errors, user_id)
           SELECT $1, n::text, n, 'Question ' || n, ARRAY[CASE WHEN n % 3 = 0 THEN 'many' WHEN n % 50 = 1 THEN 'some'
             WHEN n % 400 = 2 THEN 'few' ELSE 'other' END],
             ARRAY[CASE WHEN n > 1180 THEN 'new' WHEN n <= 20 THEN 'old' ELSE 'usual' END], (n % 10 = 0)::int, 'u' || n % 2
           FROM generate_series(1, $2::int) AS n`,
          [project, SESSIONS],
        ),
      );

      it.each<[SessionListQuery, (n: number) => boolean]>([
        [{ tag: 'many' }, (n) => n % 3 === 0],
        [{ tag: 'some' }, (n) => n % 3 !== 0 && n % 50 === 1],
        [{ tag: 'few' }, (n) => n % 3 !== 0 && n % 400 === 2],
        [{ q: 'TION 77' }, (n) => `${n}`.startsWith('77')],
        [{ q: 'tion 7', user: 'u1' }, (n) => `${n}`.startsWith('7') && n % 2 === 1],
        [{ tag: 'many', errors: true }, (n) => n % 30 === 0],
        [{ tag: 'some', errors: true }, () => false],
        [{ model: 'new' }, (n) => n > 1_180],
        [{ model: 'old' }, (n) => n <= 20],
        [{ user: 'u1', errors: true }, () => false],
        [{ errors: true }, (n) => n % 10 === 0],
      ])('finds and counts %j', async (query, matches) => {
        const expected = Array.from({ length: SESSIONS }, (_, i) => SESSIONS - i).filter(matches);
        // A walk to a page of five ends before the oldest.
        for (const limit of [5, 200]) {
          const seen: string[] = [];
          let cursor: string | null | undefined;
          do {
            const page = await store().sessions(project, { ...query, limit, ...(cursor && { cursor }) });
            seen.push(...page.sessions.map((session) => session.session_id));
            expect(page).toMatchObject({ total: expected.length, is_total_exact: true });
            cursor = page.next_cursor;
          } while (cursor);
          expect(seen).toEqual(expected.map(String));
        }
      });

      it('counts what the newest have and no other', async () => {
        const large = newProject();
        await stage.engine.query(
          `INSERT INTO agentops.sessions (project_id, session_id, start_time, tags)
           SELECT $1, n::text, n, CASE WHEN n > 21000 THEN ARRAY['new'] ELSE '{}' END
           FROM generate_series(1, 21060) AS n`,
          [large],
        );
        const { sessions, ...rest } = await store().sessions(large, { tag: 'new' });
        expect(sessions[0]).toMatchObject({ session_id: '21060', tags: ['new'] });
        expect(sessions).toHaveLength(50);
        expect(rest).toMatchObject({ total: 60, is_total_exact: true });
      });
    });

    it.each([
      ['from', { from: 'noon' }],
      ['to', { to: '' }],
      ['limit', { limit: 0 }],
      ['limit', { limit: 201 }],
      ['limit', { limit: 1.5 }],
      ['character', { q: 'NUL \u0000' }],
      ['cursor', { cursor: 'tomorrow' }],
      ['cursor', { cursor: '' }],
      ['cursor', { cursor: Buffer.from('99999999999999999999 x').toString('base64url') }],
      ['cursor', { cursor: Buffer.from('9999999999999999999 x').toString('base64url') }],
    ])('refuses a wrong %s: %j', async (name, query) => {
      await expect(store().sessions(newProject(), query)).rejects.toMatchObject({
        name: 'StoreError',
        code: 'invalid_query',
        message: expect.stringContaining(name),
      });
    });
  });
}
