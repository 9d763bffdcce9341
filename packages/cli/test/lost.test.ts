import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { type RunningServer, startServer } from '@agentops/server';
import { SessionApiClient } from 'agentops/api';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const PROGRAM = fileURLToPath(new URL('programs/running.ts', import.meta.url));

let server: RunningServer;
let api: SessionApiClient;

beforeAll(async () => {
  server = await startServer({ port: 0, logger: { level: 'silent' } });
  api = new SessionApiClient({ endpoint: server.url });
});

afterAll(async () => {
  api.close();
  await server.close();
});

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
    const child = spawn(process.execPath, ['--conditions=@agentops/source', PROGRAM, server.url, '200'], {
      stdio: ['ignore', 'pipe', 'inherit'],
      env: { PATH: process.env.PATH, XDG_STATE_HOME: process.env.XDG_STATE_HOME },
    });
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
