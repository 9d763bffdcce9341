import { describe, expect, it } from 'vitest';
import { aSessionSpan, newProject } from '../spans.ts';
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
}
