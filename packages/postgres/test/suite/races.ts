import { type Engine, openStore, type SpanStore } from '@agentops/postgres';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { aSpan, foreignTraceId, newProject } from '../spans.ts';
import { staged } from '../staged-engine.ts';
import { NEVER } from '../store-suite.ts';

/** What two workers on two connections must not do to each other, one interleaving at a time. */
export function racesSuite(connect: () => Promise<Engine>): void {
  describe('D1: two workers that roll up at the same time', () => {
    let engine: Engine;
    let stage: ReturnType<typeof staged>;
    let slow: SpanStore;
    let store: SpanStore;

    beforeAll(async () => {
      engine = await connect();
      stage = staged(engine);
      slow = await openStore({ engine: stage.engine, rollupInterval: NEVER });
      store = await openStore({ engine, rollupInterval: NEVER });
    });
    afterAll(async () => {
      await slow.close();
      await store.close();
    });

    /** Resolves when some statement waits for a lock, or `work` ends without having waited. */
    const waitsForLock = async (work: Promise<unknown>) => {
      let done = false;
      work.finally(() => {
        done = true;
      });
      const waiting = `SELECT FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()`;
      while (!done && (await engine.query(waiting)).length === 0);
    };

    it('keep the mark of a span that came after the other had read its trace', async () => {
      const project = newProject();
      const first = aSpan();
      await store.write(project, [first]);
      const held = stage.holdNext();
      const settled = slow.settle();
      await held.reached;
      await store.write(project, [aSpan({ trace_id: first.trace_id })]);
      held.release();
      await settled;
      await store.settle();
      expect((await store.sessions(project, {})).sessions).toMatchObject([{ counts: { spans: 2 } }]);
    });

    it('make a reader wait for the marks the other has taken', async () => {
      const project = newProject();
      const span = aSpan();
      await store.write(project, [span]);
      const held = stage.holdNext();
      const settled = slow.settle();
      await held.reached;
      const reading = store.session(project, span.session_id);
      await waitsForLock(reading);
      held.release();
      expect((await reading)?.counts.spans).toBe(1);
      await settled;
    });

    it('count both traces of a session that each of them changed', async () => {
      const project = newProject();
      const turn = (trace_id = foreignTraceId()) => aSpan({ trace_id, session_id: 'chat' });
      const [one, two] = [turn(), turn()];
      await store.write(project, [one, two]);
      await store.settle();

      const background = staged(engine);
      const busy = await openStore({ engine: background.engine, rollupInterval: 1 });
      await background.passed();

      await store.write(project, [turn(one.trace_id)]);
      const held = stage.holdNext();
      const settled = slow.settle();
      await held.reached;
      await busy.write(project, [turn(two.trace_id)]);
      const pass = background.passed();
      await waitsForLock(pass);
      held.release();
      await Promise.all([settled, pass]);
      expect((await store.sessions(project, {})).sessions).toMatchObject([{ counts: { spans: 4 } }]);
      await busy.close();
    });

    it('add both traces of an hour that each of them changed', async () => {
      const project = newProject();
      const write = async (span = aSpan()) => {
        await store.write(project, [span]);
        // Rolls up the trace, and leaves the hour.
        await store.session(project, span.session_id);
      };
      await store.settle();
      await write();
      const held = stage.holdNext();
      const slowly = slow.settle();
      await held.reached;
      await write();
      const settled = store.settle();
      await waitsForLock(settled);
      held.release();
      await Promise.all([slowly, settled]);
      const noon = '2026-11-21T12:00:00Z';
      const { points } = await store.stats(project, { from: noon, to: noon });
      expect(points).toMatchObject([{ traces: 2, counts: { spans: 2 } }]);
    });
  });
}
