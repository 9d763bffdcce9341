import type { SpanRow } from '@agentops/otlp';
import { describe, expect, it } from 'vitest';
import { anLlmSpan, aSessionSpan, newProject } from '../spans.ts';
import type { Stage } from '../store-suite.ts';

export function liveSuite(stage: Stage): void {
  describe('D1: live snapshots', () => {
    const finished = aSessionSpan({ attributes: { 'agentops.session.end_state': 'Success', final: true } });
    const snapshot = {
      ...finished,
      end_time: null,
      attributes: { 'agentops.span.kind': 'session', progress: 1 },
    };
    const later = { ...snapshot, attributes: { 'agentops.span.kind': 'session', progress: 2 } };

    const stored = (project: string) => stage.stores[0].span(project, finished.session_id, finished.span_id);

    it('shows a span while it runs, and its latest snapshot', async () => {
      const project = newProject();
      await stage.stores[0].write(project, [snapshot]);
      await stage.stores[1].write(project, [later]);
      expect(await stored(project)).toMatchObject({
        end_time: null,
        ended_at: null,
        attributes: { progress: 2 },
      });
      expect(await stage.stores[0].session(project, finished.session_id)).toMatchObject({
        end_state: null,
        ended_at: null,
      });
    });

    it('replaces the snapshot by the finished span', async () => {
      const project = newProject();
      await stage.stores[0].write(project, [snapshot]);
      await stage.stores[0].write(project, [finished]);
      expect((await stored(project))?.attributes).toEqual(finished.attributes);
      expect(await stage.stores[0].session(project, finished.session_id)).toMatchObject({
        end_state: 'Success',
        end_time: String(finished.end_time),
        counts: { spans: 1 },
      });
    });

    it.each([
      ['after it', [[finished], [later]]],
      ['after it in one batch', [[finished, later]]],
      ['before it in one batch', [[snapshot, later, finished, snapshot]]],
    ])('keeps the finished span where a snapshot comes %s', async (_, batches) => {
      const project = newProject();
      for (const batch of batches) await stage.stores[0].write(project, batch);
      expect(await stored(project)).toMatchObject({
        end_time: String(finished.end_time),
        attributes: { final: true },
      });
    });

    it('keeps the first of two finished spans with one id', async () => {
      const project = newProject();
      await stage.stores[0].write(project, [finished]);
      await stage.stores[0].write(project, [{ ...finished, attributes: {} }]);
      expect((await stored(project))?.attributes).toEqual(finished.attributes);
    });
  });

  describe('D1: a session whose process died', () => {
    const heartbeat = (fields: Partial<SpanRow> = {}) =>
      aSessionSpan({
        ...fields,
        end_time: null,
        attributes: { 'agentops.live.interval': 5000, ...fields.attributes },
      });
    /** As if what was written to `project` had come so many seconds earlier. */
    const age = async (project: string, seconds: number) => {
      // At UTC, since Citus takes nothing for an update that a time zone has a say in.
      const earlier = (time: string) =>
        `${time} = (${time} AT TIME ZONE 'UTC' - interval '1 s' * $2::float8) AT TIME ZONE 'UTC' WHERE project_id = $1`;
      const params = [project, seconds];
      await stage.engine.query(`UPDATE agentops.spans SET ${earlier('ingested_at')}`, params);
      await stage.engine.query(`UPDATE agentops.traces SET ${earlier('lost_at')}`, params);
      await stage.stores[0].settle();
    };
    /** In the list, by itself, and in which lists of one state it is. */
    const stateOf = async (project: string, sessionId: string) => {
      const [store] = stage.stores;
      const session = await store.session(project, sessionId);
      const { sessions } = await store.sessions(project, {});
      const states = ['running', 'Success', 'Fail', 'Indeterminate'] as const;
      const totals = await Promise.all(
        states.map(async (state) => (await store.sessions(project, { state })).total),
      );
      expect(sessions[0]?.end_state).toBe(session?.end_state);
      expect(sessions[0]?.end_state_reason).toBe(session?.end_state_reason);
      return [session?.end_state, session?.end_state_reason, states.filter((_, i) => totals[i] === 1)];
    };
    const RUNNING = [null, null, ['running']];
    const LOST = ['Indeterminate', 'lost', ['Indeterminate']];

    it('is Indeterminate, lost, when it has missed three heartbeats', async () => {
      const project = newProject();
      const root = heartbeat();
      await stage.stores[0].write(project, [root]);
      await age(project, 14);
      expect(await stateOf(project, root.session_id)).toEqual(RUNNING);
      await age(project, 4);
      expect(await stateOf(project, root.session_id)).toEqual(LOST);
      expect(await stage.stores[0].session(project, root.session_id)).toMatchObject({ ended_at: null });
    });

    it('runs again with the next heartbeat, and ends as it says', async () => {
      const project = newProject();
      const root = heartbeat();
      await stage.stores[0].write(project, [root]);
      await age(project, 60);
      expect(await stateOf(project, root.session_id)).toEqual(LOST);
      await stage.stores[1].write(project, [root]);
      expect(await stateOf(project, root.session_id)).toEqual(RUNNING);
      await age(project, 60);
      expect(await stateOf(project, root.session_id)).toEqual(LOST);

      const end = { 'agentops.session.end_state': 'Fail', 'agentops.session.end_state_reason': 'no oil' };
      const { trace_id, span_id } = root;
      await stage.stores[1].write(project, [aSessionSpan({ trace_id, span_id, attributes: end })]);
      expect(await stateOf(project, root.session_id)).toEqual(['Fail', 'no oil', ['Fail']]);
      await age(project, 60);
      expect(await stateOf(project, root.session_id)).toEqual(['Fail', 'no oil', ['Fail']]);
    });

    it('is judged by its heartbeats alone, whatever else comes', async () => {
      const project = newProject();
      const root = heartbeat();
      await stage.stores[0].write(project, [root]);
      await age(project, 60);
      await stage.stores[0].write(project, [anLlmSpan(root)]);
      expect(await stateOf(project, root.session_id)).toEqual(LOST);
      expect(await stage.stores[0].session(project, root.session_id)).toMatchObject({ counts: { llms: 1 } });
    });

    it.each([
      ['sends none', {}],
      ['says nonsense of them', { 'agentops.live.interval': 'often' }],
    ])('is not known where its sender %s', async (_, attributes) => {
      const project = newProject();
      const root = aSessionSpan({ end_time: null, attributes });
      await stage.stores[0].write(project, [root]);
      await age(project, 3600);
      expect(await stateOf(project, root.session_id)).toEqual(RUNNING);
    });

    it('is not lost where its process has handed it over', async () => {
      const project = newProject();
      const root = heartbeat();
      const last = { ...root, attributes: { 'agentops.span.kind': 'session' } };
      for (const snapshot of [root, last]) await stage.stores[0].write(project, [snapshot]);
      await age(project, 3600);
      expect(await stateOf(project, root.session_id)).toEqual(RUNNING);
    });

    describe('before which its session had ended', () => {
      const timeOf = async (project: string, { session_id, span_id }: SpanRow) => {
        const list = await stage.stores[0].spans(project, session_id);
        const span = await stage.stores[0].span(project, session_id, span_id);
        const [listed] = list?.spans.filter((one) => one.span_id === span_id) ?? [];
        expect(listed?.lost_time).toBe(span?.lost_time);
        return span?.lost_time;
      };
      const ended = () => aSessionSpan({ attributes: { 'agentops.session.end_state': 'Success' } });
      const running = (root: SpanRow) =>
        anLlmSpan(root, { end_time: null, attributes: { 'agentops.live.interval': 5000 } });

      it('left spans that are lost, and the session as it ended', async () => {
        const project = newProject();
        const root = ended();
        const work = running(root);
        await stage.stores[0].write(project, [root, work]);
        await age(project, 14);
        expect(await timeOf(project, work)).toBeNull();
        await age(project, 4);
        const lost = await timeOf(project, work);
        expect(Math.abs(Number(BigInt(lost ?? 0) / 1_000_000n) - Date.now())).toBeLessThan(60_000);
        expect(await timeOf(project, root)).toBeNull();
        expect(await stateOf(project, root.session_id)).toEqual(['Success', null, ['Success']]);
      });

      it('left spans that run again with their next sign of life, and end', async () => {
        const project = newProject();
        const root = ended();
        const work = running(root);
        await stage.stores[0].write(project, [root, work]);
        await age(project, 60);
        expect(await timeOf(project, work)).toEqual(expect.any(String));
        await stage.stores[1].write(project, [work]);
        expect(await timeOf(project, work)).toBeNull();
        await age(project, 60);
        await stage.stores[1].write(project, [{ ...work, end_time: work.start_time + 1n }]);
        expect(await timeOf(project, work)).toBeNull();
      });

      it('left spans of which nobody knows, where they promised nothing', async () => {
        const project = newProject();
        const root = ended();
        const work = { ...running(root), attributes: {} };
        await stage.stores[0].write(project, [root, work]);
        await age(project, 3600);
        expect(await timeOf(project, work)).toBeNull();
      });
    });

    it('may say any number', async () => {
      const project = newProject();
      for (const interval of [-1, 1e300, 0.5]) {
        await stage.stores[0].write(project, [
          heartbeat({ attributes: { 'agentops.live.interval': interval } }),
        ]);
      }
      await age(project, 3600);
      expect((await stage.stores[0].sessions(project, { state: 'Indeterminate' })).total).toBe(2);
      expect((await stage.stores[0].sessions(project, { state: 'running' })).total).toBe(1);
    });
  });
}
