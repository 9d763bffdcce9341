import { describe, expect, it } from 'vitest';
import { anLlmSpan, aSessionSpan, aSpan, newProject } from '../spans.ts';
import type { Stage } from '../store-suite.ts';

export function viewsSuite(stage: Stage): void {
  describe('D2: views for those who ask in SQL', () => {
    const written = async () => {
      const project = newProject();
      const session = aSessionSpan({
        attributes: { 'agentops.session.name': 'nightly', 'agentops.session.metadata.ticket': 7 },
      });
      const below = { trace_id: session.trace_id, parent_span_id: session.span_id };
      const llm = anLlmSpan(session, {
        provider: 'openai',
        input_tokens: 12,
        output_tokens: 3,
        cost: 0.25,
        attributes: { 'gen_ai.input.messages': '[]' },
      });
      const tool = aSpan({
        ...below,
        operation_name: 'execute_tool search',
        event_type: 'tools',
        attributes: { 'gen_ai.tool.name': 'search', 'gen_ai.tool.call.arguments': '{"q":1}' },
      });
      const failed = aSpan({
        ...below,
        status: 2,
        status_message: 'no',
        events: [
          { name: 'note', time: '1', attributes: {} },
          {
            name: 'exception',
            time: '1795262045022000001',
            attributes: { 'exception.type': 'RangeError', 'exception.message': 'no' },
          },
        ],
      });
      await stage.stores[0].write(project, [session, llm, tool, failed]);
      await stage.stores[0].settle();
      return { project, session, llm, tool, failed };
    };
    const view = (name: string, project: string) =>
      stage.engine.query<Record<string, unknown>>(`SELECT * FROM agentops.${name} WHERE project_id = $1`, [
        project,
      ]);

    it('show sessions, model calls, tool calls and errors with readable times', async () => {
      const { project, session, llm, tool, failed } = await written();
      const noon = new Date('2026-11-21T12:00:00Z');
      expect(await view('session_summary', project)).toMatchObject([
        {
          session_id: session.session_id,
          name: 'nightly',
          started_at: noon,
          duration_ms: 1_000,
          llms: '1',
          total_tokens: '15',
          cost: '0.25',
        },
      ]);
      expect(await view('llm_calls', project)).toMatchObject([
        {
          span_id: llm.span_id,
          model: 'gpt-5',
          started_at: noon,
          input_tokens: '12',
          failed: false,
          input_messages: '[]',
        },
      ]);
      expect(await view('tool_calls', project)).toMatchObject([
        { span_id: tool.span_id, tool_name: 'search', arguments: '{"q":1}' },
      ]);
      expect(await view('errors', project)).toMatchObject([
        { span_id: failed.span_id, status_message: 'no', error_type: 'RangeError', exception_message: 'no' },
      ]);
    });

    it('give one session as one document, by either form of its id', async () => {
      const { project, session, failed } = await written();
      const documentOf = async (id: string) =>
        (
          await stage.engine.query<{ document: Record<string, unknown> | null }>(
            'SELECT agentops.session_document($1, $2) AS document',
            [id, project],
          )
        )[0]?.document;
      const document = await documentOf(session.trace_id);
      expect(document).toMatchObject({
        session_id: session.session_id,
        name: 'nightly',
        start_time: String(session.start_time),
        counts: { spans: 4, llms: 1, tools: 1 },
        tokens: { total: 15 },
        cost: 0.25,
        user_id: null,
        metadata: [{ key: 'ticket', value: 7 }],
      });
      const spans = document?.spans as Record<string, unknown>[];
      expect(spans).toHaveLength(4);
      expect(spans.find((span) => span.span_id === failed.span_id)).toMatchObject({
        model: null,
        end_time: String(failed.end_time),
        attributes: [],
        events: [
          { name: 'note' },
          {
            name: 'exception',
            time: '1795262045022000001',
            attributes: [{ key: 'exception.message' }, { key: 'exception.type', value: 'RangeError' }],
          },
        ],
      });
      const keys = (value: unknown): string[] =>
        typeof value !== 'object' || value === null
          ? []
          : Object.entries(value).flatMap(([key, item]) => [
              ...(Array.isArray(value) ? [] : [key]),
              ...keys(item),
            ]);
      for (const key of keys(document)) expect(key).toMatch(/^[a-z_]+$/);
      const [{ pairs } = { pairs: undefined }] = await stage.engine.query<{ pairs: unknown }>(
        'SELECT agentops.pairs_of($1::jsonb) AS pairs',
        [
          JSON.stringify({
            'a.b': { 'c.d': [{ 'e-f': 1 }, [{ 'g h': null }], 'x'], empty: {} },
            list: [1, 'x'],
          }),
        ],
      );
      expect(pairs).toEqual([
        {
          key: 'a.b',
          value: [
            { key: 'c.d', value: [[{ key: 'e-f', value: 1 }], [[{ key: 'g h', value: null }]], 'x'] },
            { key: 'empty', value: [] },
          ],
        },
        { key: 'list', value: [1, 'x'] },
      ]);
      expect(await documentOf(session.session_id.toUpperCase())).toEqual(document);
      expect(await documentOf('f'.repeat(32))).toBeNull();
    });
  });
}
