import type { SpanRow } from '@agentops/otlp';
import { openStore } from '@agentops/postgres';
import { describe, expect, it } from 'vitest';
import { anLlmSpan, aSessionSpan, aSpan, foreignTraceId, newProject, sessionIdOf } from '../spans.ts';
import { staged } from '../staged-engine.ts';
import type { Stage } from '../store-suite.ts';

export function rollupsSuite(stage: Stage): void {
  describe('D1: roll-ups', () => {
    it('show every write in the session at once', async () => {
      const project = newProject();
      const [one, two] = stage.stores;
      const root = aSessionSpan();
      await one.write(project, [root]);
      for (let llms = 1; llms <= 3; llms++) {
        await one.write(project, [anLlmSpan(root)]);
        expect((await two.session(project, root.session_id))?.counts).toMatchObject({
          spans: llms + 1,
          llms,
        });
        expect((await two.spans(project, root.session_id))?.total).toBe(llms + 1);
      }
    });

    it('are exact after two writers sent overlapping batches while both rolled up', async () => {
      const project = newProject();
      const sessions = Array.from({ length: 6 }, () => sessionOf(40));
      const everything = sessions.flat();
      const sender = async (store: Stage['stores'][0], stride: number) => {
        for (let i = 0; i < everything.length; i += 4) {
          // Overlapping, out of order, and across all sessions.
          const batch = Array.from(
            { length: 8 },
            (_, k) => everything[((i + k) * stride) % everything.length] as SpanRow,
          );
          await store.write(project, batch);
          if (i % 12 === 0)
            await Promise.all([store.settle(), store.session(project, batch[0]?.session_id ?? '')]);
        }
      };
      await Promise.all([
        sender(stage.stores[0], 7),
        sender(stage.stores[1], 11),
        sender(stage.stores[1], 13),
      ]);
      await stage.stores[0].settle();

      const list = await stage.stores[0].sessions(project, { limit: 200 });
      const rolledUp = new Map(list.sessions.map((session) => [session.session_id, session]));
      expect(rolledUp.size).toBe(sessions.length);
      for (const spans of sessions) {
        const llms = spans.filter((span) => span.event_type === 'llms');
        expect(rolledUp.get(spans[0]?.session_id ?? '')).toMatchObject({
          end_state: 'Success',
          counts: {
            spans: spans.length,
            llms: llms.length,
            errors: spans.filter((span) => span.status === 2).length,
          },
          tokens: { input: llms.reduce((sum, span) => sum + (span.input_tokens ?? 0), 0) },
        });
      }
    }, 90_000);

    it('happen by themselves some time after a write', async () => {
      const project = newProject();
      const span = aSpan();
      const { engine, passed } = staged(stage.engine);
      const store = await openStore({ engine, rollupInterval: 1 });
      await store.write(project, [span]);
      while ((await store.sessions(project, {})).total === 0) await passed();
      await store.close();
    });

    it('report a failure in the background and go on after it', async () => {
      const project = newProject();
      const { engine, failNext, passed } = staged(stage.engine);
      const reported = Promise.withResolvers<Error>();
      const store = await openStore({ engine, rollupInterval: 1, onError: reported.resolve });
      await store.write(project, [aSpan()]);
      failNext();
      await expect(reported.promise).resolves.toMatchObject({ name: 'StoreError', code: 'internal' });
      while ((await store.sessions(project, {})).total === 0) await passed();
      await store.close();
    });

    it('move a trace to the session that one of its spans names later', async () => {
      const project = newProject();
      const trace_id = foreignTraceId();
      const parent = aSpan({ trace_id });
      await stage.stores[0].write(project, [parent]);
      await stage.stores[0].settle();
      await stage.stores[0].write(project, [
        aSpan({ trace_id, parent_span_id: parent.span_id, session_id: 'chat-7' }),
      ]);
      await stage.stores[0].settle();
      const { sessions } = await stage.stores[0].sessions(project, {});
      expect(sessions).toMatchObject([{ session_id: 'chat-7', trace_id, counts: { spans: 2 } }]);
      expect(await stage.stores[0].session(project, sessionIdOf(trace_id))).toBeUndefined();
    });

    it('leave no mark behind', async () => {
      await stage.stores[0].settle();
      expect(await stage.engine.query('SELECT * FROM agentops.dirty_traces')).toEqual([]);
    });
  });
}

/** A session of `size` spans, some of them LLM calls, some failed. */
function sessionOf(size: number): SpanRow[] {
  const root = aSessionSpan({ attributes: { 'agentops.session.end_state': 'Success' } });
  const spans = Array.from({ length: size - 1 }, (_, i) =>
    i % 3 === 0
      ? anLlmSpan(root, { input_tokens: i })
      : aSpan({ trace_id: root.trace_id, parent_span_id: root.span_id, status: i % 5 === 0 ? 2 : 0 }),
  );
  return [root, ...spans];
}
