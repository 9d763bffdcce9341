import { type RunningServer, startServer } from '@agentops/server';
import { type Client, init, type Session, shutdown, startSession, tool } from 'agentops';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

let server: RunningServer;
let client: Client;

beforeAll(async () => {
  server = await startServer({ port: 0, logger: { level: 'silent' } });
  client = init({ endpoint: server.url, live: { interval: 50 }, batch: { interval: 10 } });
});

afterAll(async () => {
  await shutdown();
  await server.close();
});

/** What the backend says; undefined where it knows of no such thing. */
async function ask(path: string): Promise<Record<string, unknown> | undefined> {
  const response = await fetch(`${server.url}/api${path}`);
  return response.ok ? ((await response.json()) as Record<string, unknown>) : undefined;
}

/** The backend tells nobody that something has come, so it is asked until it answers as wanted. */
const eventually = <T>(answer: () => Promise<T>) => expect.poll(answer, { timeout: 10_000, interval: 20 });

const listed = async ({ id }: Session): Promise<unknown> => {
  const list = (await ask('/sessions')) as { sessions: { session_id: string }[] } | undefined;
  return list?.sessions.find((session) => session.session_id === id);
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
    await eventually(() => ask(`/sessions/${run.id}`)).toMatchObject({ metadata: { step: 'second' } });

    run.end('Success');
    await client.flush();
    expect(await ask(`/sessions/${run.id}`)).toMatchObject({ end_state: 'Success', counts: { spans: 1 } });
    await eventually(() => listed(run)).toMatchObject({ name: 'research', end_state: 'Success' });
  });

  it('shows the work that is under way, and nothing of it is left running', async () => {
    const run = startSession({ name: 'crew' });
    const planner = run.startAgent('planner');
    const work = Promise.withResolvers<void>();
    const searched = planner.run(() => tool('search', () => work.promise));
    const path = `/sessions/${run.id}/spans/`;
    const { spanId = '' } =
      client.telemetry.activeSpans().find(({ name }) => name === 'execute_tool search') ?? {};
    await eventually(() => ask(path + spanId)).toMatchObject({
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
    const ended = await ask(path + spanId);
    expect(ended?.ended_at).not.toBe(null);
    expect(ended?.attributes).not.toHaveProperty('agentops.in_flight');
    expect(await ask(`/sessions/${run.id}`)).toMatchObject({
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
      expect(await ask(`/sessions/${run.id}`)).toMatchObject({ name: run.name, end_state: 'Success' });
    }
  });
});
