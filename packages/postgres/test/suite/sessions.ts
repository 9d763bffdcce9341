import { describe, expect, it } from 'vitest';
import { anLlmSpan, aSessionSpan, aSpan, foreignTraceId, NOON, newProject, ns } from '../spans.ts';
import type { Stage } from '../store-suite.ts';

export function sessionsSuite(stage: Stage): void {
  const store = () => stage.stores[0];

  describe('D1: sessions', () => {
    it('say what their root says', async () => {
      const project = newProject();
      const root = aSessionSpan({
        start_time: ns(NOON) + 5n,
        end_time: ns(NOON) + 2_500_005n,
        status: 2,
        service_name: 'shop',
        user_id: 'user-1',
        conversation_id: 'conversation-1',
        resource: { 'service.name': 'shop', 'deployment.environment.name': 'staging', 'host.name': 'h' },
        attributes: {
          'agentops.session.name': 'Checkout',
          'agentops.session.tags': ['beta', 'nightly'],
          'agentops.session.end_state': 'Fail',
          'agentops.session.end_state_reason': 'card declined',
          'agentops.session.metadata.plan': 'pro',
          'agentops.session.metadata.cart.size': 3,
        },
      });
      const spans = [
        root,
        aSpan({
          trace_id: root.trace_id,
          parent_span_id: root.span_id,
          span_kind: 'agent',
          agent_id: 'a',
          agent_name: 'A',
        }),
        anLlmSpan(root, {
          agent_id: 'a',
          agent_name: 'A',
          input_tokens: 2,
          output_tokens: 1,
          cost: 0.5,
          model: 'm2',
        }),
        anLlmSpan(root, { agent_name: 'B', model: 'm1', status: 2 }),
        aSpan({ trace_id: root.trace_id, parent_span_id: root.span_id, event_type: 'tools', agent_id: 'a' }),
        aSpan({ trace_id: root.trace_id, parent_span_id: root.span_id, event_type: 'actions' }),
      ];
      await store().write(project, spans);
      const tokens = { input: 2, output: 1, cache_read: 0, cache_write: 0, reasoning: 0, total: 3 };
      const nothing = { input: 0, output: 0, cache_read: 0, cache_write: 0, reasoning: 0, total: 0 };
      expect(await store().session(project, root.session_id)).toEqual({
        session_id: root.session_id,
        trace_id: root.trace_id,
        name: 'Checkout',
        service_name: 'shop',
        environment: 'staging',
        end_state: 'Fail',
        end_state_reason: 'card declined',
        started_at: '2026-11-21T12:00:00.000000000Z',
        ended_at: '2026-11-21T12:00:00.002500005Z',
        start_time: String(ns(NOON)),
        end_time: String(root.end_time),
        duration_ms: 2.500005,
        counts: { spans: 6, agents: 2, llms: 2, tools: 1, actions: 1, errors: 1 },
        tokens,
        cost: 0.5,
        models: ['m1', 'm2'],
        tags: ['beta', 'nightly'],
        user_id: 'user-1',
        conversation_id: 'conversation-1',
        metadata: { plan: 'pro', 'cart.size': 3 },
        resource: root.resource,
        agents: [
          {
            agent_id: 'a',
            name: 'A',
            counts: { spans: 3, agents: 1, llms: 1, tools: 1, actions: 0, errors: 0 },
            tokens,
            cost: 0.5,
          },
          {
            agent_id: 'B',
            name: 'B',
            counts: { spans: 1, agents: 1, llms: 1, tools: 0, actions: 0, errors: 1 },
            tokens: nothing,
            cost: null,
          },
        ],
      });
    });

    const ours = { 'agentops.span.kind': 'session' };
    it.each([
      [
        'Success',
        'says so',
        { attributes: { ...ours, 'agentops.session.end_state': 'Success' }, status: 2 as const },
      ],
      ['Indeterminate', 'says nothing', { attributes: ours }],
      [
        'Indeterminate',
        'says what is no end state',
        { attributes: { ...ours, 'agentops.session.end_state': 'Fine' } },
      ],
      ['Fail', 'ended with an error', { attributes: ours, status: 2 as const }],
      ['Success', 'is not ours and ended well', {}],
      ['Fail', 'is not ours and ended with an error', { status: 2 as const }],
      ['Success', 'is not ours and its parent is elsewhere', { parent_span_id: 'aaaaaaaaaaaaaaaa' }],
      [null, 'is still running', { attributes: ours, end_time: null }],
      [
        null,
        'has not come yet',
        { attributes: { 'agentops.span.kind': 'llm' }, parent_span_id: 'aaaaaaaaaaaaaaaa' },
      ],
    ])('are %s where the root %s', async (end_state, _, fields) => {
      const project = newProject();
      const span = aSpan(fields);
      await store().write(project, [span]);
      const session = await store().session(project, span.session_id);
      expect(session).toMatchObject({ end_state, ended_at: end_state && expect.any(String) });
    });

    it('count a failure once, where it happened, however far up it was passed on', async () => {
      const project = newProject();
      const root = aSpan({ status: 2 });
      const below = (parent: { span_id: string }, fields: Parameters<typeof aSpan>[0]) =>
        aSpan({ trace_id: root.trace_id, parent_span_id: parent.span_id, ...fields });
      const agent = below(root, { agent_id: 'a', status: 2 });
      const tool = below(agent, { agent_id: 'a', event_type: 'tools', status: 2 });
      const recovered = below(root, { event_type: 'tools', status: 2 });
      const fine = below(recovered, {});
      await store().write(project, [root, agent, tool, recovered, fine]);
      expect(await store().session(project, root.session_id)).toMatchObject({
        counts: { spans: 5, errors: 2 },
        agents: [{ agent_id: 'a', counts: { errors: 1 } }],
      });
    });

    it('gather the traces of another instrumentation', async () => {
      const project = newProject();
      const turn = (at: number, fields: Parameters<typeof aSpan>[0]) =>
        aSpan({
          trace_id: foreignTraceId(),
          session_id: 'chat-1',
          start_time: ns(at),
          end_time: ns(at + 10),
          ...fields,
        });
      const DAY = 86_400_000;
      const turns = [
        turn(NOON, {
          operation_name: 'POST /chat',
          agent_name: 'bot',
          user_id: 'u',
          event_type: 'llms',
          input_tokens: 1,
          cost: 1,
        }),
        turn(NOON + DAY, {
          operation_name: 'second',
          agent_name: 'bot',
          event_type: 'llms',
          input_tokens: 2,
          status: 2,
        }),
        turn(NOON + 40 * DAY, {
          operation_name: 'third',
          agent_name: 'critic',
          event_type: 'llms',
          input_tokens: 4,
          cost: 2,
        }),
      ];
      for (const span of turns.toReversed()) await store().write(project, [span]);
      expect(await store().session(project, 'chat-1')).toMatchObject({
        trace_id: null,
        name: 'POST /chat',
        end_state: 'Fail',
        start_time: String(ns(NOON)),
        duration_ms: 40 * DAY + 10,
        counts: { spans: 3, llms: 3, agents: 2, errors: 1 },
        tokens: { input: 7 },
        cost: 3,
        user_id: 'u',
        agents: [
          { agent_id: 'bot', counts: { llms: 2 } },
          { agent_id: 'critic', counts: { llms: 1 } },
        ],
      });
      const spans = await store().spans(project, 'chat-1');
      expect(spans?.spans.map((span) => span.name)).toEqual(['POST /chat', 'second', 'third']);

      await store().write(project, [turn(NOON + 41 * DAY, { end_time: null })]);
      expect(await store().session(project, 'chat-1')).toMatchObject({ end_state: null, ended_at: null });
    });

    it('are unknown where nothing was written', async () => {
      const project = newProject();
      const { session_id, span_id } = aSpan();
      expect(await store().session(project, session_id)).toBeUndefined();
      expect(await store().spans(project, session_id)).toBeUndefined();
      expect(await store().span(project, session_id, span_id)).toBeUndefined();
      expect(await store().sessions(project, {})).toEqual({
        sessions: [],
        total: 0,
        is_total_exact: true,
        next_cursor: null,
      });
    });

    it('have any id but one that no text can hold', async () => {
      const project = newProject();
      for (const session_id of ['', "'; --", '%', '会話/1']) {
        await store().write(project, [aSpan({ session_id, trace_id: foreignTraceId() })]);
        expect(await store().session(project, session_id)).toMatchObject({ session_id });
      }
      await expect(store().session(project, 'NUL \u0000')).rejects.toMatchObject({ code: 'invalid_query' });
    });

    it('D5: are seen by their own project alone, even where ids are equal', async () => {
      const [mine, yours] = [newProject(), newProject()];
      const span = aSpan({ attributes: { owner: 'me' } });
      await store().write(mine, [span]);
      expect(await store().session(yours, span.session_id)).toBeUndefined();
      expect(await store().span(yours, span.session_id, span.span_id)).toBeUndefined();
      await store().write(yours, [
        { ...span, attributes: { owner: 'you' } },
        aSpan({ trace_id: span.trace_id }),
      ]);
      await store().settle();
      expect((await store().span(mine, span.session_id, span.span_id))?.attributes).toEqual({ owner: 'me' });
      expect((await store().session(mine, span.session_id))?.counts.spans).toBe(1);
      expect((await store().session(yours, span.session_id))?.counts.spans).toBe(2);
      expect((await store().sessions(mine, {})).total).toBe(1);
    });
  });
}
