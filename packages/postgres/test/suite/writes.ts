import type { SpanRow } from '@agentops/otlp';
import { describe, expect, it } from 'vitest';
import { aSpan, foreignTraceId, NOON, newProject, newSpanId, ns, traceIdAt } from '../spans.ts';
import type { Stage } from '../store-suite.ts';

const DAY = 86_400_000;
const MIDNIGHT = Date.UTC(2026, 10, 22);

/** Every field has a value of its own, so that none can stand for another. */
function aFullSpan(): SpanRow {
  return aSpan({
    parent_span_id: newSpanId(),
    trace_state: 'vendor=1',
    flags: 257,
    operation_name: 'chat gpt-5',
    kind: 3,
    start_time: ns(NOON) + 123_456_789n,
    end_time: ns(NOON) + 987_654_321n,
    status: 2,
    status_message: 'rate limited – später 再試行',
    service_name: 'shop',
    span_kind: 'llm',
    event_type: 'llms',
    agent_id: 'agent-1',
    agent_name: 'planner',
    provider: 'openai',
    model: 'gpt-5-mini',
    input_tokens: 9_007_199_254_740_991,
    output_tokens: 2,
    cache_read_tokens: 3,
    cache_write_tokens: 4,
    reasoning_tokens: 5,
    cost: 0.000_012_3,
    user_id: 'user-1',
    conversation_id: 'conversation-1',
    scope_name: 'scope',
    scope_version: '1.2.3',
    attributes: {
      text: 'a "quoted"\n\\ text',
      list: [1, 'two', null, { three: 3.5 }],
      big: '9223372036854775807',
    },
    resource: { 'service.name': 'shop' },
    events: [{ name: 'exception', time: '1795262045022000001', attributes: { 'exception.type': 'E' } }],
    links: [{ trace_id: foreignTraceId(), span_id: newSpanId(), trace_state: '', flags: 0, attributes: {} }],
    types: { attributes: { big: 'int' } },
    dropped: { attributes: 1, events: 2, links: 3 },
  });
}

const bigIntAsText = (_: string, value: unknown) => (typeof value === 'bigint' ? String(value) : value);

export function writesSuite(stage: Stage): void {
  const rowsOf = (project: string) =>
    stage.engine.query<Record<string, unknown>>(
      'SELECT *, day::text AS day FROM agentops.spans WHERE project_id = $1 ORDER BY span_id',
      [project],
    );

  const partitionOf = async (day: string): Promise<string | undefined> => {
    const { partitions } = await stage.stores[0].maintenance.status();
    return partitions.find(({ from, to }) => from <= day && day < to)?.name;
  };

  describe('D1: writing', () => {
    it('keeps every field of a span', async () => {
      const project = newProject();
      const span = aFullSpan();
      expect(await stage.stores[0].write(project, [span])).toEqual({ stored: 1, rejected: [] });
      const [row] = await rowsOf(project);
      const numbers = [
        'flags',
        'input_tokens',
        'output_tokens',
        'cache_read_tokens',
        'cache_write_tokens',
        'reasoning_tokens',
      ];
      const asText = Object.fromEntries(
        Object.entries(span).map(([name, value]) => [
          name,
          typeof value === 'bigint' || numbers.includes(name) ? String(value) : value,
        ]),
      );
      expect(row).toMatchObject({ ...asText, cost: '0.0000123', day: '2026-11-21' });

      const document = await stage.stores[0].span(project, span.session_id, span.span_id);
      const { start_time, end_time, trace_state, flags, types, dropped, operation_name, ...rest } = span;
      expect(document).toEqual({
        ...rest,
        name: operation_name,
        start_time: String(start_time),
        end_time: String(end_time),
        started_at: '2026-11-21T12:00:00.123456789Z',
        lost_time: null,
        ended_at: '2026-11-21T12:00:00.987654321Z',
      });
    });

    it('leaves one row of a span that comes several times', async () => {
      const project = newProject();
      const span = aSpan();
      expect(await stage.stores[0].write(project, [span, { ...span }, span])).toEqual({
        stored: 1,
        rejected: [],
      });
      expect(await stage.stores[1].write(project, [span])).toEqual({ stored: 1, rejected: [] });
      expect(await rowsOf(project)).toHaveLength(1);
    });

    it('stores nothing for nothing', async () => {
      expect(await stage.stores[0].write(newProject(), [])).toEqual({ stored: 0, rejected: [] });
    });

    it('keeps a session that runs past midnight under one day', async () => {
      const project = newProject();
      const trace_id = traceIdAt(MIDNIGHT - 1_000);
      const before = aSpan({ trace_id, start_time: ns(MIDNIGHT - 500) });
      const after = aSpan({ trace_id, start_time: ns(MIDNIGHT + 500) });
      await stage.stores[0].write(project, [before, after]);
      expect((await rowsOf(project)).map((row) => row.day)).toEqual(['2026-11-21', '2026-11-21']);
    });

    it('finds all of a foreign trace that runs past midnight', async () => {
      const project = newProject();
      const trace_id = foreignTraceId();
      const before = aSpan({ trace_id, start_time: ns(MIDNIGHT - 500) });
      const after = aSpan({ trace_id, start_time: ns(MIDNIGHT + 500), parent_span_id: before.span_id });
      await stage.stores[0].write(project, [before]);
      await stage.stores[0].write(project, [after]);
      expect(new Set((await rowsOf(project)).map((row) => row.day))).toEqual(
        new Set(['2026-11-21', '2026-11-22']),
      );
      const spans = await stage.stores[0].spans(project, before.session_id);
      expect(spans?.spans.map((span) => span.span_id)).toEqual([before.span_id, after.span_id]);
    });

    it('makes the partitions of new days while two writers want them at once', async () => {
      const project = newProject();
      const days = Array.from({ length: 12 }, (_, i) => NOON - (i * 31 + 400) * DAY);
      const batch = () => days.map((day) => aSpan({ trace_id: traceIdAt(day), start_time: ns(day) }));
      const results = await Promise.all([
        stage.stores[0].write(project, batch()),
        stage.stores[1].write(project, batch()),
        stage.stores[0].write(project, batch()),
      ]);
      expect(results).toEqual(results.map(() => ({ stored: days.length, rejected: [] })));
      const partitions = await Promise.all(
        (await rowsOf(project)).map(({ day }) => partitionOf(String(day))),
      );
      expect(new Set(partitions).size).toBe(days.length);
    });

    it('makes a partition again that somebody has dropped', async () => {
      const project = newProject();
      const long = NOON - 4_000 * DAY;
      const span = () => aSpan({ trace_id: traceIdAt(long), start_time: ns(long) });
      await stage.stores[0].write(project, [span()]);
      const [row] = await rowsOf(project);
      await stage.engine.exec(`DROP TABLE agentops.${await partitionOf(String(row?.day))}`);
      expect(await stage.stores[0].write(project, [span()])).toEqual({ stored: 1, rejected: [] });
    });

    it('sets poison rows aside with the reason and stores the rest', async () => {
      const project = newProject();
      const good = Array.from({ length: 40 }, () => aSpan());
      const poison = [
        aSpan({ attributes: { text: 'NUL \u0000 inside' } }),
        aSpan({ operation_name: 'lone surrogate \ud800' }),
        aSpan({ start_time: 2n ** 63n }),
        aSpan({ input_tokens: 1.5 }),
        aSpan({ session_id: 's'.repeat(5_000) }),
        aSpan({ trace_id: 'not a trace id' }),
      ];
      const rows = [...good.slice(0, 20), ...poison, ...good.slice(20)];
      const result = await stage.stores[0].write(project, rows);
      expect(result.stored).toBe(good.length);
      const ids = (spans: { span_id: string }[]) => spans.map((span) => span.span_id).sort();
      expect(ids(result.rejected)).toEqual(ids(poison));
      for (const { reason } of result.rejected) expect(reason).toMatch(/^[a-z].{20,}/);
      expect((await rowsOf(project)).map((row) => row.span_id)).toEqual(ids(good));

      const asideOf = () =>
        stage.engine.query<{ span_id: string; reason: string; payload: string }>(
          'SELECT span_id, reason, payload FROM agentops.rejected_spans WHERE project_id = $1 ORDER BY span_id',
          [project],
        );
      const aside = await asideOf();
      expect(aside.map(({ span_id, reason }) => ({ span_id, reason }))).toEqual(
        result.rejected
          .map(({ span_id, reason }) => ({ span_id, reason }))
          .sort((a, b) => (a.span_id < b.span_id ? -1 : 1)),
      );
      const payloads = new Map(aside.map(({ span_id, payload }) => [span_id, JSON.parse(payload)]));
      for (const row of poison) {
        expect(payloads.get(row.span_id)).toMatchObject(JSON.parse(JSON.stringify(row, bigIntAsText)));
      }
      await stage.stores[1].write(project, [...poison, ...poison]);
      expect(await asideOf()).toHaveLength(poison.length);
    });

    it('keeps what no row can be made of, one span for each pair of ids', async () => {
      const project = newProject();
      const row = aSpan({ trace_id: '', span_id: '', start_time: 0n });
      const nothing = { trace_id: '', span_id: '', reason: 'it has no ids' };
      const other = { trace_id: 'not\0hex', span_id: '1'.repeat(16), reason: 'its trace id is none' };
      await stage.stores[0].setAside(project, [nothing, { ...nothing, row }, other, other]);
      const aside = await stage.engine.query<{ trace_id: string; reason: string; payload: string | null }>(
        'SELECT trace_id, reason, payload FROM agentops.rejected_spans WHERE project_id = $1 ORDER BY trace_id',
        [project],
      );
      expect(aside).toEqual([
        { trace_id: '', reason: 'it has no ids', payload: expect.stringContaining(row.operation_name) },
        { trace_id: 'not\u2400hex', reason: 'its trace id is none', payload: null },
      ]);
      expect(await rowsOf(project)).toEqual([]);
    });

    it('stores the new ones of a batch of which some are stored already', async () => {
      const project = newProject();
      const spans = Array.from({ length: 30 }, () => aSpan());
      await stage.stores[0].write(project, spans.slice(10, 20));
      expect(await stage.stores[1].write(project, spans)).toEqual({ stored: 30, rejected: [] });
      expect((await rowsOf(project)).map((row) => row.span_id)).toEqual(
        spans.map((span) => span.span_id).sort(),
      );
    });

    it('takes whatever a text may hold', async () => {
      const project = newProject();
      const text = 'a\ttab, a\nline, a\r\nline, a \\ backslash, \\N, \\. , "quotes", \u2028, 再試行 🙂';
      const span = aSpan({
        operation_name: text,
        status_message: `${text}\n\\.\n`,
        session_id: text,
        attributes: { [text]: [text, { nested: `\\u0000 ${text}` }] },
      });
      await stage.stores[0].write(project, [span]);
      expect(await stage.stores[0].span(project, text, span.span_id)).toMatchObject({
        name: text,
        status_message: span.status_message,
        attributes: span.attributes,
      });
    });

    it('keeps numbers of any size to the last digit', async () => {
      const project = newProject();
      const costs = [
        0, 0.1, 12.5, 9_999, 10_000, 0.000_1, 123_456_789.012_3, 1.5e21, 1e-7, 5e-324, 1.797e308,
      ];
      const counts = [0, 1, -1, 4_294_967_295, 4_294_967_296, -4_294_967_297, Number.MAX_SAFE_INTEGER];
      await stage.stores[0].write(project, [
        ...costs.map((cost) => aSpan({ operation_name: String(cost), cost })),
        ...counts.map((count) => aSpan({ operation_name: String(count), input_tokens: count })),
      ]);
      const wrong = await stage.engine.query(
        `SELECT operation_name, cost, input_tokens FROM agentops.spans WHERE project_id = $1
           AND coalesce(cost, input_tokens) IS DISTINCT FROM operation_name::numeric`,
        [project],
      );
      expect(wrong).toEqual([]);
    });

    it('takes a batch larger than any buffer on its way', async () => {
      const project = newProject();
      const trace_id = traceIdAt(NOON);
      const spans = Array.from({ length: 3_000 }, (_, i) =>
        aSpan({ trace_id, start_time: ns(NOON) + BigInt(i), attributes: { text: 'x'.repeat(1_000) } }),
      );
      await stage.stores[0].write(project, spans);
      expect((await stage.stores[0].session(project, spans[0]?.session_id ?? ''))?.counts.spans).toBe(3_000);
    });
  });
}
