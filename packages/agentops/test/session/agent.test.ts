import { trace } from '@opentelemetry/api';
import type { ReadableSpan } from '@opentelemetry/sdk-trace';
import {
  ActionEvent,
  agent,
  LLMEvent,
  record,
  session,
  sessionTracer,
  shutdown,
  startSession,
  tool,
} from 'agentops';
import { afterEach, describe, expect, it } from 'vitest';
import { idOf, parentOf, startRecording } from '../support/recording.ts';

afterEach(() => shutdown());

describe('session, agent and event (S2)', () => {
  it('nests agents below agents and events below the agent that made them', async () => {
    const recording = startRecording();
    session('run', () =>
      agent('planner', () => {
        tool('search', () => {});
        agent('writer', () => tool('write', () => {}));
      }),
    );

    const root = await recording.span('run');
    const planner = await recording.span('invoke_agent planner');
    const writer = await recording.span('invoke_agent writer');
    expect(parentOf(planner)).toBe(idOf(root));
    expect(parentOf(await recording.span('execute_tool search'))).toBe(idOf(planner));
    expect(parentOf(writer)).toBe(idOf(planner));
    expect(parentOf(await recording.span('execute_tool write'))).toBe(idOf(writer));
  });

  it('finds an agent by its name where an event knows no id', async () => {
    const recording = startRecording();
    const run = startSession();
    const planner = run.startAgent('planner');
    run.record(new ActionEvent({ agentId: 'planner' }));

    expect(parentOf(await recording.span('action action'))).toBe(idOf(planner.span as never));
    expect(run.telemetry.counts.agents).toBe(1);
  });

  it('hangs events without an agent below the session', async () => {
    const recording = startRecording();
    session('run', () => tool('search', () => {}));

    const search = await recording.span('execute_tool search');
    expect(parentOf(search)).toBe(idOf(await recording.span('run')));
    expect(search.attributes['gen_ai.agent.id']).toBeUndefined();
  });

  it("puts the nearest agent's id and name on its span and on every span below", async () => {
    const recording = startRecording();
    await session('run', () =>
      agent({ name: 'planner', id: 'p1', description: 'makes plans' }, async () => {
        await agent({ name: 'writer', id: 'w1' }, async () => {
          await Promise.resolve();
          tool('write', () => {});
        });
        trace.getTracer('database').startActiveSpan('SELECT', (span) => span.end());
      }),
    );

    const agentOf = async (name: string) => {
      const { attributes } = await recording.span(name);
      return [attributes['gen_ai.agent.id'], attributes['gen_ai.agent.name']];
    };
    expect(await agentOf('invoke_agent planner')).toEqual(['p1', 'planner']);
    expect(await agentOf('SELECT')).toEqual(['p1', 'planner']);
    expect(await agentOf('invoke_agent writer')).toEqual(['w1', 'writer']);
    expect(await agentOf('execute_tool write')).toEqual(['w1', 'writer']);
    const planner = await recording.span('invoke_agent planner');
    expect(planner.attributes).toMatchObject({
      'gen_ai.operation.name': 'invoke_agent',
      'gen_ai.agent.description': 'makes plans',
      'agentops.span.kind': 'agent',
    });
  });

  it('keeps the id of an agent that is called again by its name', async () => {
    const recording = startRecording();
    session('run', () => {
      agent('planner', () => {});
      agent('planner', () => {});
    });

    const agents = (await recording.spans()).filter((span) => span.name === 'invoke_agent planner');
    expect(agents).toHaveLength(2);
    expect(agents[0]?.attributes['gen_ai.agent.id']).toBe(agents[1]?.attributes['gen_ai.agent.id']);
  });

  it('hangs an event below the agent it names, wherever it is recorded', async () => {
    const recording = startRecording();
    const run = startSession({ name: 'run' });
    const planner = run.startAgent({ name: 'planner', id: 'p1' });
    run.run(() => agent('writer', () => record(new ActionEvent({ actionType: 'plan', agentId: 'p1' }))));
    planner.end();
    run.end();

    const plan = await recording.span('action plan');
    expect(parentOf(plan)).toBe(planner.span.spanContext().spanId);
    expect(plan.attributes['gen_ai.agent.name']).toBe('planner');
  });

  it('makes the agent an event names where there is none, once and directly below the session', async () => {
    const recording = startRecording();
    const run = startSession({ name: 'run' });
    run.run(() =>
      agent('writer', () => {
        run.record(new ActionEvent({ actionType: 'first', agentId: 'critic' }));
        run.record(new ActionEvent({ actionType: 'second', agentId: 'critic' }));
      }),
    );
    run.end('Success');

    const critic = await recording.span('invoke_agent critic');
    expect(parentOf(critic)).toBe(idOf(await recording.span('run')));
    expect(critic.attributes['gen_ai.agent.id']).toBe('critic');
    expect(parentOf(await recording.span('action first'))).toBe(idOf(critic));
    expect(parentOf(await recording.span('action second'))).toBe(idOf(critic));
  });

  it("hangs what an agent's own record is given below that agent, whatever agent the event names", async () => {
    const recording = startRecording();
    const run = startSession();
    const planner = run.startAgent('planner');
    run.startAgent({ name: 'writer', id: 'w1' });
    planner.record(new ActionEvent({ actionType: 'plan', agentId: 'w1' }));
    run.end();

    expect(parentOf(await recording.span('action plan'))).toBe(planner.span.spanContext().spanId);
  });

  it('ends agents that nobody ended with the session, and marks those that failed', async () => {
    const recording = startRecording();
    const run = startSession();
    run.startAgent('forgotten');
    run.startAgent('broken').end(new Error('out of ideas'));
    run.end('Success');

    expect((await recording.span('invoke_agent forgotten')).ended).toBe(true);
    expect((await recording.span('invoke_agent broken')).status).toEqual({
      code: 2,
      message: 'out of ideas',
    });
  });

  it('still knows the agents of an ended session', async () => {
    const recording = startRecording();
    const run = startSession();
    const planner = run.startAgent({ name: 'planner', id: 'p1' });
    run.end('Success');
    run.record(new ActionEvent({ actionType: 'late', agentId: 'p1' }));

    const late = await recording.span('action late');
    expect(parentOf(late)).toBe(planner.span.spanContext().spanId);
    expect(late.attributes['gen_ai.agent.name']).toBe('planner');
  });

  it('runs work as an agent that was started by hand', async () => {
    const recording = startRecording();
    const run = startSession();
    const planner = run.startAgent('planner');
    const result = await planner.run(async () => {
      await Promise.resolve();
      return tool('search', () => 'found');
    });
    run.end();

    expect(result).toBe('found');
    expect(parentOf(await recording.span('execute_tool search'))).toBe(planner.span.spanContext().spanId);
  });
});

describe('what an agent has used (P3)', () => {
  /** A recorded call at 1,000 USD for a million tokens of input. */
  const call = (promptTokens: number) =>
    new LLMEvent({ model: 'house-1', promptTokens, completionTokens: promptTokens / 10 });
  const prices = [{ model: 'house-*', input: 1000, output: 0 }];
  const usageOf = ({ attributes }: ReadableSpan) => [
    attributes['agentops.agent.tokens.input'],
    attributes['agentops.agent.tokens.total'],
    attributes['agentops.agent.cost'],
  ];

  it('includes its sub-agents, each of them once, and adds up to the session', async () => {
    const recording = startRecording({ prices });
    const run = await session('run', async (run) => {
      run.record(call(1000));
      await agent('planner', async (planner) => {
        planner.record(call(2000));
        await agent('writer', (writer) => {
          writer.record(call(3000));
          writer.record(call(4000));
        });
        await agent('critic', (critic) => void critic.record(call(5000)));
        expect(planner.usage).toMatchObject({ tokens: { input: 14_000, output: 1400 }, cost: 14 });
      });
      await agent('idle', () => {});
      return run;
    });

    expect(run.telemetry).toMatchObject({ tokens: { input: 15_000, total: 16_500 }, cost: 15 });
    expect(usageOf(await recording.span('invoke_agent planner'))).toEqual([14_000, 15_400, 14]);
    expect(usageOf(await recording.span('invoke_agent writer'))).toEqual([7000, 7700, 7]);
    expect(usageOf(await recording.span('invoke_agent critic'))).toEqual([5000, 5500, 5]);
    expect(usageOf(await recording.span('invoke_agent idle'))).toEqual([undefined, undefined, undefined]);
  });

  it('counts a call once that a framework repeats above it', async () => {
    const recording = startRecording({ prices });
    const usage = {
      'gen_ai.operation.name': 'chat',
      'gen_ai.usage.input_tokens': 1000,
      'gen_ai.usage.output_tokens': 100,
      'agentops.cost.total': 1,
    };
    const run = await session('run', async (run) => {
      await agent('planner', () => {
        sessionTracer('framework').startActiveSpan('generate', { attributes: usage }, (outer) => {
          sessionTracer('framework').startActiveSpan('step', { attributes: usage }, (inner) => {
            run.record(call(1000));
            inner.end();
          });
          outer.end();
        });
      });
      return run;
    });

    expect(run.telemetry).toMatchObject({ counts: { llms: 1 }, tokens: { input: 1000 }, cost: 1 });
    expect(usageOf(await recording.span('invoke_agent planner'))).toEqual([1000, 1100, 1]);
  });
});
