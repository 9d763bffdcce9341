import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { type RunningServer, startServer } from '@agentops/server';
import { init, shutdown, startSession } from 'agentops';
import { SessionApiClient } from 'agentops/api';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const RUNNING_PROGRAM = fileURLToPath(new URL('programs/running.ts', import.meta.url));
const CONTINUING_PROGRAM = fileURLToPath(new URL('programs/continuing.ts', import.meta.url));

let server: RunningServer;
let api: SessionApiClient;

beforeAll(async () => {
  server = await startServer({ port: 0, logger: { level: 'silent' } });
  api = new SessionApiClient({ endpoint: server.url });
});

afterAll(async () => {
  await shutdown();
  api.close();
  await server.close();
});

/** Starts a program that shows itself to the backend every 200 ms. */
function start(program: string, ...args: string[]) {
  const { PATH, XDG_STATE_HOME, NODE_COMPILE_CACHE } = process.env;
  return spawn(process.execPath, ['--conditions=@agentops/source', program, server.url, '200', ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { PATH, XDG_STATE_HOME, NODE_COMPILE_CACHE },
  });
}

/** What the backend says of the session, and how many it lists as running and as ended by nobody. */
async function standing(id: string) {
  const { end_state, end_state_reason, ended_at } = await api.session(id);
  const running = await api.sessions({ state: 'running' });
  const indeterminate = await api.sessions({ state: 'Indeterminate' });
  return [end_state, end_state_reason, ended_at, running.total, indeterminate.total];
}

/** The backend tells nobody, so it is asked until it answers as wanted. */
const becomes = (id: string, wanted: unknown[]) =>
  expect.poll(() => standing(id).catch(() => []), { timeout: 20_000, interval: 50 }).toEqual(wanted);

const RUNNING = [null, null, null, 1, 0];
const LOST = ['Indeterminate', 'lost', null, 0, 1];

describe('a session whose process gives no sign of life (T7)', () => {
  it('is lost while the process stands still, runs when it goes on, and is lost when it is killed', async () => {
    const child = start(RUNNING_PROGRAM);
    const gone = once(child, 'exit');
    const [id] = (await once(child.stdout, 'data')).map(String) as [string];

    await becomes(id, RUNNING);
    child.kill('SIGSTOP');
    await becomes(id, LOST);
    child.kill('SIGCONT');
    await becomes(id, RUNNING);
    child.kill('SIGKILL');
    expect(await gone).toEqual([null, 'SIGKILL']);
    await becomes(id, LOST);
  }, 60_000);
});

describe('a part of a session whose process gives no sign of life (T7)', () => {
  /** The spans that have not ended, and whether they are lost. */
  const unfinished = async (id: string) => {
    const { spans } = await api.spans(id);
    return Object.fromEntries(
      spans
        .filter(({ end_time }) => end_time === null)
        .map(({ name, lost_time }) => [name, lost_time === null ? 'running' : 'lost']),
    );
  };

  it('is lost when it is killed, in a session that runs and in one that has ended', async () => {
    const client = init({ endpoint: server.url, live: { interval: 200 }, batch: { interval: 10 } });
    const run = startSession({ name: 'whole' });
    const child = start(CONTINUING_PROGRAM, JSON.stringify(run.reference()));
    const becomes = (wanted: object) =>
      expect
        .poll(() => unfinished(run.id).catch(() => {}), { timeout: 20_000, interval: 50 })
        .toEqual(wanted);

    await becomes({ whole: 'running', 'continue session': 'running', 'invoke_agent helper': 'running' });
    child.kill('SIGSTOP');
    await becomes({ whole: 'running', 'continue session': 'lost', 'invoke_agent helper': 'lost' });
    child.kill('SIGCONT');
    await becomes({ whole: 'running', 'continue session': 'running', 'invoke_agent helper': 'running' });
    run.end('Success');
    await client.flush();
    await becomes({ 'continue session': 'running', 'invoke_agent helper': 'running' });
    child.kill('SIGKILL');
    await becomes({ 'continue session': 'lost', 'invoke_agent helper': 'lost' });
    expect(await api.session(run.id)).toMatchObject({ end_state: 'Success' });
  }, 60_000);
});
