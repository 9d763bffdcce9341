import { type RunningServer, startServer } from '@agentops/server';
import { type Client, init, type Session, shutdown, startSession, tool } from 'agentops';
import { SessionApiClient } from 'agentops/api';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

let server: RunningServer;
let client: Client;
let api: SessionApiClient;

beforeAll(async () => {
  server = await startServer({ port: 0, logger: { level: 'silent' } });
  api = new SessionApiClient({ endpoint: server.url });
  client = init({ endpoint: server.url, live: { interval: 50 }, batch: { interval: 10 } });
});

afterAll(async () => {
  await shutdown();
  api.close();
  await server.close();
});

/** The backend tells nobody that something has come, so it is asked until it answers as wanted. */
const eventually = <T>(answer: () => Promise<T>) => expect.poll(answer, { timeout: 10_000, interval: 20 });

const listed = async ({ id }: Session): Promise<unknown> => {
  const { sessions } = await api.sessions();
  return sessions.find((session) => session.session_id === id);
};

describe('a running session in the backend (T7)', () => {
  it('is listed with what it said of itself, and then as it ended', async () => {
    const run = startSession({ name: 'research', tags: ['beta'], userId: 'u-17' });
    await eventually(() => listed(run)).toMatchObject({
      name: 'research',
      tags: ['beta'],
      user_id: 'u-17',
      end_state: null,
      ended_at: null,
    });

    run.setMetadata({ step: 'second' });
    await eventually(() => api.session(run.id)).toMatchObject({ metadata: { step: 'second' } });

    run.end('Success');
    await client.flush();
    expect(await api.session(run.id)).toMatchObject({ end_state: 'Success', counts: { spans: 1 } });
    await eventually(() => listed(run)).toMatchObject({ name: 'research', end_state: 'Success' });
  });

  it('shows the work that is under way, and nothing of it is left running', async () => {
    const run = startSession({ name: 'crew' });
    const planner = run.startAgent('planner');
    const work = Promise.withResolvers<void>();
    const searched = planner.run(() => tool('search', () => work.promise));
    const { spanId = '' } =
      client.telemetry.activeSpans().find(({ name }) => name === 'execute_tool search') ?? {};
    await eventually(() => api.span(run.id, spanId)).toMatchObject({
      name: 'execute_tool search',
      ended_at: null,
      agent_name: 'planner',
      attributes: { 'agentops.in_flight': true },
    });

    work.resolve();
    await searched;
    planner.end();
    run.end('Success');
    await client.flush();
    const ended = await api.span(run.id, spanId);
    expect(ended.ended_at).not.toBe(null);
    expect(ended.attributes).not.toHaveProperty('agentops.in_flight');
    expect(await api.session(run.id)).toMatchObject({
      end_state: 'Success',
      counts: { spans: 3, agents: 1, tools: 1 },
    });
  });

  it('stays ended where it ends while it is being shown, again and again', async () => {
    const runs = Array.from({ length: 40 }, (_, number) => startSession({ name: `run ${number}` }));
    for (const run of runs) {
      await new Promise((resolve) => setTimeout(resolve, 5));
      run.end('Success');
    }
    await client.flush();
    for (const run of runs) {
      expect(await api.session(run.id)).toMatchObject({ name: run.name, end_state: 'Success' });
    }
  });
});
