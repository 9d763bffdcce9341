import type { SpanRow } from '@agentops/otlp';
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
      expect(await store.maintenance.deleteSession(project, id)).toEqual({ traces: 1, spans: 2 });
      expect(await store.session(project, id)).toBeUndefined();
      expect(await sessionIds()).toEqual([kept[0]!.session_id]);
      expect(await store.maintenance.deleteSession(project, id)).toEqual({ traces: 0, spans: 0 });
    });

    it('takes out all traces of a session that has several', async () => {
      const [store] = stage.stores;
      const spans = [1, 2, 3].map((day) =>
        aSpan({ trace_id: foreignTraceId(), session_id: 'mine', start_time: ns(NOON - day * DAY_MS) }),
      );
      await store.write(project, spans);
      expect(await store.maintenance.deleteSession(project, 'mine')).toEqual({ traces: 3, spans: 3 });
      expect(await sessionIds()).toEqual([]);
    });

    it('of a project leaves every other project alone', async () => {
      const [store] = stage.stores;
      const other = newProject();
      await store.write(project, [...aSession(NOON), ...aSession(NOON - DAY_MS)]);
      const kept = aSession(NOON);
      await store.write(other, kept);

      expect(await store.maintenance.deleteProject(project)).toEqual({ traces: 2, spans: 4 });
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

      expect(await store.maintenance.eraseUser(user, project)).toEqual({ traces: 2, spans: 4 });
      expect(await sessionIds()).toEqual([kept[0]!.session_id]);
      expect(await sessionIds(other)).toEqual([elsewhere[0]!.session_id]);
      expect(await store.maintenance.eraseUser(user)).toEqual({ traces: 1, spans: 2 });
      const left = await stage.engine.query(
        'SELECT 1 FROM agentops.spans WHERE user_id = $1 UNION ALL SELECT 1 FROM agentops.sessions WHERE user_id = $1 UNION ALL SELECT 1 FROM agentops.traces WHERE user_id = $1',
        [user],
      );
      expect(left).toEqual([]);
    });

    it('of a user or a project takes out what was rejected of theirs', async () => {
      const [store] = stage.stores;
      const rejected = async () =>
        (await stage.engine.query('SELECT FROM agentops.rejected_spans WHERE project_id = $1', [project]))
          .length;
      const poison = () => aSpan({ operation_name: 'NUL \0', user_id: `poisoner of ${project}` });
      await store.write(project, [poison(), aSpan({ operation_name: 'NUL \0' })]);
      expect(await rejected()).toBe(2);
      await store.maintenance.eraseUser(`poisoner of ${project}`);
      expect(await rejected()).toBe(1);
      await store.maintenance.deleteProject(project);
      expect(await rejected()).toBe(0);
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
