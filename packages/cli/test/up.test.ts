import { mkdtempSync, rmSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SessionApiClient } from 'agentops/api';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { agentops, startAgentops } from './agentops-process.ts';

const directory = mkdtempSync(join(tmpdir(), 'agentops-up-'));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

/** `agentops up`, once it says where it is. */
async function up(...args: string[]) {
  const running = startAgentops(['up', '--port', '0', ...args], { cwd: directory });
  const [, url = ''] = await running.printed(/Dashboard +(\S+)[\s\S]+Press Ctrl-C/);
  return { ...running, url };
}

describe('agentops up', () => {
  it('serves what it says until SIGTERM, then ends with exit code 0', async () => {
    const running = await up('--data-dir', 'store');
    using api = new SessionApiClient({ endpoint: running.url });
    expect(await api.health()).toMatchObject({ service: 'agentops', status: 'ok' });
    running.kill('SIGTERM');
    const { code, stdout, stderr } = await running.ended;
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toContain(`OTLP/HTTP   ${running.url}/v1/traces`);
    expect(stdout).toContain(join(directory, 'store'));
  });

  it('says that its port is another program’s', async () => {
    const other = createServer((socket) => socket.destroy()).listen(0, '127.0.0.1');
    await new Promise((resolve) => other.once('listening', resolve));
    const { port } = other.address() as AddressInfo;
    const dataDir = join(directory, 'store');
    const { code, stderr } = await agentops('up', '--port', `${port}`, '--data-dir', dataDir);
    other.close();
    expect(code).toBe(1);
    expect(stderr).toContain(`Port ${port} on 127.0.0.1 is taken by another program`);
  });

  it.each([
    { args: ['--port', '70000'], problem: /Expected a whole number from 0 to 65535/ },
    { args: ['--prot', '5000'], problem: /unknown option '--prot'[\s\S]+--port/ },
    { args: ['--log-level', 'loud'], problem: /Allowed choices are trace, debug, info/ },
    {
      args: ['--data-dir', 'here', '--database-url', 'postgres://there'],
      problem: /--data-dir and --database-url exclude each other/,
    },
  ])('refuses $args', async ({ args, problem }) => {
    const { code, stdout, stderr } = await agentops('up', ...args);
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toMatch(problem);
  });
});

describe('agentops up beside another', () => {
  let first: Awaited<ReturnType<typeof up>>;
  beforeAll(async () => {
    first = await up();
  });

  it('says that its port is another backend’s, and how to take a different one', async () => {
    const { port } = new URL(first.url);
    const { code, stderr } = await agentops('up', '--port', port, '--data-dir', join(directory, 'second'));
    expect(code).toBe(1);
    expect(stderr).toContain(`Another AgentOps backend is already running at ${first.url}`);
    expect(stderr).toContain('--port');
  });

  it('says that the backend one wants to start runs already', async () => {
    const { port } = new URL(first.url);
    const dataDir = join(directory, '.agentops', 'data');
    const { code, stderr } = await agentops('up', '--port', port, '--data-dir', dataDir);
    expect(code).toBe(1);
    expect(stderr).toContain(
      `An AgentOps backend is already running at ${first.url}, on this data directory`,
    );
  });

  it('says that keys wait for it to stop', async () => {
    const dataDir = join(directory, '.agentops', 'data');
    const { code, stderr } = await agentops('keys', 'create', '--name', 'laptop', '--data-dir', dataDir);
    expect(code).toBe(1);
    expect(stderr).toMatch(/A backend has this store open: stop it, .+process \d+ has the data directory/);
  });

  it('says who has the data directory', async () => {
    const dataDir = join(directory, '.agentops', 'data');
    const { code, stderr } = await agentops('up', '--port', '0', '--data-dir', dataDir);
    expect(code).toBe(1);
    expect(stderr).toMatch(/process \d+ has the data directory .+ open/);
  });

  it('leaves the other one running, which ends with exit code 0 however often Ctrl-C is pressed', async () => {
    using api = new SessionApiClient({ endpoint: first.url });
    expect(await api.ready()).toEqual({ status: 'ready' });
    first.kill('SIGINT');
    first.kill('SIGINT');
    expect((await first.ended).code).toBe(0);
  });
});
