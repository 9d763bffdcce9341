import type { SpanRow } from '@agentops/otlp';
import { describe, expect, it } from 'vitest';
import { anLlmSpan, aSessionSpan, aSpan, NOON, newProject, ns, traceIdAt } from '../spans.ts';
import type { Stage } from '../store-suite.ts';

const HOUR_MS = 60 * 60 * 1000;
const DAY_MS = 24 * HOUR_MS;

/** From two days before noon to an hour after it. */
const AROUND_NOON = {
  from: new Date(NOON - 2 * DAY_MS).toISOString(),
  to: new Date(NOON + HOUR_MS).toISOString(),
};

const iso = (ms: number) => `${new Date(ms).toISOString().slice(0, 19)}.000000000Z`;

/** A session at `ms` with an LLM call of 2 s, a tool call of 10 ms, and a failure in the tool. */
function aSession(ms: number, fields: Partial<SpanRow> = {}): SpanRow[] {
  const root = aSessionSpan({ trace_id: traceIdAt(ms), start_time: ns(ms), status: 2, ...fields });
  const agent_name = 'writer';
  const call = anLlmSpan(root, {
    agent_name,
    start_time: root.start_time,
    end_time: root.start_time + ns(2_000),
    input_tokens: 100,
    output_tokens: 10,
    cost: 0.5,
  });
  const tool = aSpan({
    trace_id: root.trace_id,
    parent_span_id: root.span_id,
    start_time: root.start_time,
    end_time: root.start_time + ns(10),
    event_type: 'tools',
    agent_name,
    status: 2,
    attributes: { 'gen_ai.tool.name': 'search' },
  });
  return [root, call, tool];
}

export function statsSuite(stage: Stage): void {
  const store = () => stage.stores[0];
  const settled = async (project: string, query = {}) => {
    await store().settle();
    return (await store().stats(project, { ...AROUND_NOON, ...query })).points;
  };
  const rowsOf = (project: string) =>
    stage.engine.query('SELECT FROM agentops.hourly_stats WHERE project_id = $1', [project]);

  describe('D4: hourly statistics', () => {
    it('add up what began in an hour, with latencies', async () => {
      const project = newProject();
      await store().write(project, [
        ...aSession(NOON),
        ...aSession(NOON + 30 * 60_000),
        ...aSession(NOON - HOUR_MS),
      ]);
      const points = await settled(project, { step: 'hour' });
      expect(points.map(({ time, traces }) => [time, traces])).toEqual([
        [iso(NOON - HOUR_MS), 1],
        [iso(NOON), 2],
      ]);
      expect(points[1]).toMatchObject({
        key: null,
        traces: 2,
        failed_traces: 2,
        counts: { spans: 6, llms: 2, tools: 2, actions: 0, errors: 2 },
        tokens: { input: 200, output: 20, total: 220 },
        cost: 1,
        llm_latency: { count: 2, mean_ms: 2_000 },
        tool_latency: { count: 2, mean_ms: 10 },
      });
      const { p50_ms, p95_ms } = points[1]?.llm_latency ?? {};
      expect(p50_ms).toBeGreaterThan(1_600);
      expect(p95_ms).toBeLessThan(2_400);
    });

    it('are told apart by agent, model, tool, service and type of event, by day', async () => {
      const project = newProject();
      await store().write(project, [...aSession(NOON), ...aSession(NOON - DAY_MS, { service_name: 'shop' })]);
      const keys = async (by: string) =>
        (await settled(project, { by })).map(({ time, key, counts }) => [
          time.slice(8, 10),
          key,
          counts.spans,
        ]);
      expect(await keys('model')).toEqual([
        ['20', '', 2],
        ['20', 'gpt-5', 1],
        ['21', '', 2],
        ['21', 'gpt-5', 1],
      ]);
      expect(await keys('tool')).toContainEqual(['20', 'search', 1]);
      expect(await keys('agent')).toContainEqual(['21', 'writer', 2]);
      expect(await keys('service')).toContainEqual(['20', 'shop', 1]);
      expect(await keys('event_type')).toContainEqual(['21', 'llms', 1]);
    });

    it('count a session for all the hours it lasts, and a repeated span once', async () => {
      const project = newProject();
      const root = aSessionSpan({ end_time: null });
      const calls = [0, 1, 2].map((hours) => anLlmSpan(root, { start_time: ns(NOON + hours * HOUR_MS) }));
      for (const call of calls) {
        await store().write(project, [root, call]);
        await store().settle();
      }
      await store().write(project, [{ ...root, end_time: ns(NOON + 3 * HOUR_MS) }, ...calls]);
      const points = await settled(project, { step: 'hour', to: iso(NOON + 5 * HOUR_MS) });
      expect(points.map(({ traces, counts }) => [traces, counts.spans])).toEqual([
        [1, 2],
        [0, 1],
        [0, 1],
      ]);
    });

    it('are exact after two writers rolled up overlapping batches at the same time', async () => {
      const project = newProject();
      const spans = Array.from({ length: 30 }, (_, i) => aSession(NOON - (i % 3) * HOUR_MS)).flat();
      const send = async (stores: Stage['stores'], stride: number) => {
        for (let i = 0; i < spans.length; i += 5) {
          const batch = Array.from(
            { length: 9 },
            (_, k) => spans[((i + k) * stride) % spans.length] as SpanRow,
          );
          await stores[0].write(project, batch);
          if (i % 15 === 0) await stores[0].settle();
        }
      };
      const [one, two] = stage.stores;
      await Promise.all([send([one, two], 7), send([two, one], 11), send([one, two], 13)]);
      const points = await settled(project, { step: 'hour' });
      expect(points).toHaveLength(3);
      for (const point of points) {
        expect(point).toMatchObject({ traces: 10, counts: { spans: 30, llms: 10, errors: 10 }, cost: 5 });
      }
    });

    it('lose what is deleted', async () => {
      const project = newProject();
      const [gone, kept] = [aSession(NOON, { user_id: `u of ${project}` }), aSession(NOON)];
      await store().write(project, [...gone, ...kept]);
      await store().settle();
      await store().maintenance.eraseUser(`u of ${project}`);
      expect(await settled(project)).toMatchObject([{ traces: 1, counts: { spans: 3 }, cost: 0.5 }]);
      await store().maintenance.deleteProject(project);
      expect(await rowsOf(project)).toEqual([]);
    });

    it('are of one project only', async () => {
      const [project, other] = [newProject(), newProject()];
      await store().write(other, aSession(NOON));
      expect(await settled(project)).toEqual([]);
    });

    it('hold names of any length', async () => {
      const project = newProject();
      const name = 'ä'.repeat(5_000);
      const attributes = { 'gen_ai.tool.name': name, 'agentops.session.tags': [name] };
      await store().write(project, [
        aSessionSpan({ operation_name: name, service_name: name, user_id: name, attributes }),
        aSpan({ event_type: 'tools', agent_name: name, model: name, attributes }),
      ]);
      expect(await settled(project, { by: 'tool' })).toMatchObject([{ key: '' }, { key: 'ä'.repeat(200) }]);
      expect((await store().sessions(project, { tag: name, user: name, service: name })).total).toBe(1);
      expect((await store().sessions(project, { model: name })).total).toBe(1);
    });

    it.each([
      ['from', { from: 'yesterday' }],
      ['to', { to: '2026-13-01' }],
      ['from', { from: '1969-12-31T23:59:59Z' }],
    ])('refuse a wrong %s: %j', async (name, query) => {
      await expect(store().stats(newProject(), query)).rejects.toMatchObject({
        code: 'invalid_query',
        message: expect.stringContaining(name),
      });
    });
  });
}
