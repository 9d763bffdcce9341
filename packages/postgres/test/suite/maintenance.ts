import { indexedText, type SpanRow, storableText } from '@agentops/otlp';
import { beforeEach, describe, expect, it } from 'vitest';
import { anLlmSpan, aSessionSpan, aSpan, foreignTraceId, NOON, newProject, ns, traceIdAt } from '../spans.ts';
import type { Stage } from '../store-suite.ts';

const DAY_MS = 24 * 60 * 60 * 1000;

/** A session with one LLM call, made at `ms`. */
function aSession(ms: number, fields: Partial<SpanRow> = {}): SpanRow[] {
  const root = aSessionSpan({ trace_id: traceIdAt(ms), start_time: ns(ms), ...fields });
  return [root, anLlmSpan(root, { session_id: root.session_id })];
}

export function maintenanceSuite(stage: Stage): void {
  describe('D5: deletion', () => {
    let project: string;
    beforeEach(() => {
      project = newProject();
    });

    const sessionIds = async (of = project) => {
      await stage.stores[0].settle();
      return (await stage.stores[0].sessions(of, {})).sessions.map(({ session_id }) => session_id).sort();
    };

    it('takes out one session, and leaves the others', async () => {
      const [store] = stage.stores;
      const [gone, kept] = [aSession(NOON), aSession(NOON)];
      await store.write(project, [...gone, ...kept]);

      const id = gone[0]!.session_id;
      expect(await store.maintenance.deleteSession(project, id)).toEqual({
        traces: 1,
        spans: 2,
        rejected: 0,
      });
      expect(await store.session(project, id)).toBeUndefined();
      expect(await sessionIds()).toEqual([kept[0]!.session_id]);
      expect(await store.maintenance.deleteSession(project, id)).toEqual({
        traces: 0,
        spans: 0,
        rejected: 0,
      });
    });

    it('takes out all traces of a session that has several', async () => {
      const [store] = stage.stores;
      const spans = [1, 2, 3].map((day) =>
        aSpan({ trace_id: foreignTraceId(), session_id: 'mine', start_time: ns(NOON - day * DAY_MS) }),
      );
      await store.write(project, spans);
      expect(await store.maintenance.deleteSession(project, 'mine')).toEqual({
        traces: 3,
        spans: 3,
        rejected: 0,
      });
      expect(await sessionIds()).toEqual([]);
    });

    it('of a project leaves every other project alone', async () => {
      const [store] = stage.stores;
      const other = newProject();
      await store.write(project, [...aSession(NOON), ...aSession(NOON - DAY_MS)]);
      const kept = aSession(NOON);
      await store.write(other, kept);

      expect(await store.maintenance.deleteProject(project)).toEqual({ traces: 2, spans: 4, rejected: 0 });
      expect(await sessionIds()).toEqual([]);
      expect(await sessionIds(other)).toEqual([kept[0]!.session_id]);
    });

    it('of a user takes out every trace that names them, whole', async () => {
      const [store] = stage.stores;
      const user = `user of ${project}`;
      const named = aSession(NOON, { user_id: user });
      const [root, call] = aSession(NOON - DAY_MS);
      const mentioned = [root!, { ...call!, user_id: user }];
      const kept = aSession(NOON, { user_id: 'somebody else' });
      await store.write(project, [...named, ...mentioned, ...kept]);
      const other = newProject();
      const elsewhere = aSession(NOON, { user_id: user });
      await store.write(other, elsewhere);

      expect(await store.maintenance.eraseUser(user, project)).toEqual({ traces: 2, spans: 4, rejected: 0 });
      expect(await sessionIds()).toEqual([kept[0]!.session_id]);
      expect(await sessionIds(other)).toEqual([elsewhere[0]!.session_id]);
      expect(await store.maintenance.eraseUser(user)).toEqual({ traces: 1, spans: 2, rejected: 0 });
      const left = await stage.engine.query(
        'SELECT 1 FROM agentops.spans WHERE user_id = $1 UNION ALL SELECT 1 FROM agentops.sessions WHERE user_id = $1 UNION ALL SELECT 1 FROM agentops.traces WHERE user_id = $1',
        [user],
      );
      expect(left).toEqual([]);
    });

    describe('takes out what was rejected', () => {
      const poison = (fields: Partial<SpanRow> = {}) => aSpan({ operation_name: 'NUL \0', ...fields });
      const rejected = async () => {
        const rows = await stage.engine.query<{ span_id: string }>(
          'SELECT span_id FROM agentops.rejected_spans WHERE project_id = $1 ORDER BY span_id',
          [project],
        );
        return rows.map(({ span_id }) => span_id);
      };

      it('of a user: what names them, and what is of a trace that does', async () => {
        const [store] = stage.stores;
        const user = `poisoner of ${project}`;
        const [named, unnamed, kept] = [
          aSession(NOON, { user_id: user }),
          aSession(NOON),
          aSession(NOON, { user_id: 'x' }),
        ];
        const ofNamed = poison({ trace_id: named[0]!.trace_id });
        // The trace that only this one says to be the user's, with another rejected span, goes as well.
        const ofUnnamed = ['a', null].map((name) =>
          poison({ trace_id: unnamed[0]!.trace_id, user_id: name && user }),
        );
        const alone = poison({ user_id: user });
        const stays = poison({ trace_id: kept[0]!.trace_id });
        await store.write(project, [...named, ...unnamed, ...kept, ofNamed, ...ofUnnamed, alone, stays]);
        expect(await rejected()).toHaveLength(5);

        expect(await store.maintenance.eraseUser(user, newProject())).toEqual({
          traces: 0,
          spans: 0,
          rejected: 0,
        });
        expect(await store.maintenance.eraseUser(user)).toEqual({ traces: 2, spans: 4, rejected: 4 });
        expect(await rejected()).toEqual([stays.span_id]);
        expect(await sessionIds()).toEqual([kept[0]!.session_id]);
      });

      it('of a session, also where nothing else of it is there', async () => {
        const [store] = stage.stores;
        const session = aSession(NOON);
        const [ofSession, alone, stays] = [poison({ trace_id: session[0]!.trace_id }), poison(), poison()];
        await store.write(project, [...session, ofSession, alone, stays]);
        const gone = (of: SpanRow) => store.maintenance.deleteSession(project, of.session_id);
        expect(await gone(session[0]!)).toEqual({ traces: 1, spans: 2, rejected: 1 });
        expect(await gone(alone)).toEqual({ traces: 0, spans: 0, rejected: 1 });
        expect(await rejected()).toEqual([stays.span_id]);
      });

      it('of a project', async () => {
        const [store] = stage.stores;
        await store.write(project, [poison(), aSpan()]);
        expect(await store.maintenance.deleteProject(project)).toEqual({ traces: 1, spans: 1, rejected: 1 });
        expect(await rejected()).toEqual([]);
      });
    });

    it('of a user finds names as long and odd as they were sent', async () => {
      const [store] = stage.stores;
      const names = [`long ${project} ${'x'.repeat(300)}`, `NUL \0 ${project}`];
      for (const name of names) {
        await store.write(project, [aSpan({ user_id: indexedText(storableText(name)) })]);
        expect(await store.maintenance.eraseUser(name)).toEqual({ traces: 1, spans: 1, rejected: 0 });
      }
    });

    it('is not undone by a roll-up that runs at the same time', async () => {
      const [store, other] = stage.stores;
      const sessions = Array.from({ length: 20 }, () => aSession(NOON));
      await store.write(project, sessions.flat());
      await Promise.all([store.maintenance.deleteProject(project), other.settle(), store.settle()]);
      expect(await sessionIds()).toEqual([]);
      const traces = await stage.engine.query('SELECT FROM agentops.traces WHERE project_id = $1', [project]);
      expect(traces).toEqual([]);
    });

    it('leaves a session that is written again as if it were new', async () => {
      const [store] = stage.stores;
      const spans = aSession(NOON);
      await store.write(project, spans);
      await store.maintenance.deleteSession(project, spans[0]!.session_id);
      await store.write(project, spans);
      expect((await store.session(project, spans[0]!.session_id))?.counts.spans).toBe(2);
    });
  });
}

/** Retention concerns the whole database, so these tests have one to themselves. */
export function retentionSuite(stage: Stage): void {
  describe('D5: retention', () => {
    const today = Date.now();
    const at = (days: number) => today - days * DAY_MS;
    const names = async () => {
      const { partitions } = await stage.stores[0].maintenance.status();
      return partitions.map(({ name }) => name);
    };

    it('drops whole partitions that are too old, with the totals of their sessions', async () => {
      const [store] = stage.stores;
      const project = newProject();
      const [old, fresh] = [aSession(at(70)), aSession(at(1))];
      // A trace without a day in its id goes on over the edge.
      const trace_id = foreignTraceId();
      const across = [70, 1].map((days) =>
        aSpan({ trace_id, session_id: 'across', start_time: ns(at(days)) }),
      );
      await store.write(project, [...old, ...fresh, ...across]);
      await store.settle();
      const before = await names();

      const result = await store.maintenance.prune({ days: 30 });
      expect(result.sessions).toBe(1);
      expect(result.dropped.map(({ name }) => name)).toEqual(before.slice(0, result.dropped.length));
      expect(result.dropped.length).toBeGreaterThan(0);
      expect(await names()).toEqual(before.slice(result.dropped.length));
      expect(await store.session(project, old[0]!.session_id)).toBeUndefined();
      expect((await store.session(project, fresh[0]!.session_id))?.counts.spans).toBe(2);
      expect((await store.session(project, 'across'))?.counts.spans).toBe(1);
      expect((await store.maintenance.prune({ days: 30 })).dropped).toEqual([]);
    });

    it('takes what comes late for a partition that is gone', async () => {
      const [store, other] = stage.stores;
      const project = newProject();
      const days = 70;
      await other.write(project, aSession(at(days)));
      await store.maintenance.prune({ days: 30 });
      const late = aSession(at(days));
      expect(await other.write(project, late)).toEqual({ stored: 2, rejected: [] });
      expect((await store.session(project, late[0]!.session_id))?.counts.spans).toBe(2);
    });

    it('drops what was rejected in the time of the spans it drops', async () => {
      const [store] = stage.stores;
      const project = newProject();
      const poison = () => aSpan({ operation_name: 'NUL \0' });
      const [old, fresh] = [poison(), poison()];
      await store.write(project, [old, fresh, ...aSession(at(70)), ...aSession(at(0))]);
      await stage.engine.query(
        `UPDATE agentops.rejected_spans SET rejected_at = now() - interval '70 days' WHERE span_id = $1`,
        [old.span_id],
      );
      await store.maintenance.prune({ maxBytes: 1 });
      const left = await stage.engine.query(
        'SELECT span_id FROM agentops.rejected_spans WHERE project_id = $1',
        [project],
      );
      expect(left).toEqual([{ span_id: fresh.span_id }]);
    });

    it('drops the oldest while there are too many bytes, and never the newest', async () => {
      const [store] = stage.stores;
      const project = newProject();
      await store.write(
        project,
        [70, 40, 0].flatMap((days) => aSession(at(days))),
      );
      const result = await store.maintenance.prune({ maxBytes: 1 });
      expect(result.dropped.length).toBeGreaterThan(0);
      expect(await names()).toHaveLength(1);
      await store.settle();
      expect((await store.sessions(project, {})).total).toBe(1);
    });
  });
}
