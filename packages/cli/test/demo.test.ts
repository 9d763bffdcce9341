import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { always, startModelServer } from '@agentops/model-server';
import { type RunningServer, startServer } from '@agentops/server';
import { SessionApiClient } from 'agentops/api';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { agentops, type Ended, startAgentops } from './agentops-process.ts';

const DOCUMENTS = new URL('../demo/documents/', import.meta.url);

/** The litres of one year, added up from the document itself. */
function litresOf(year: number): number {
  const account = readFileSync(new URL(`oil-account-${year}.txt`, DOCUMENTS), 'utf8');
  const months = account.split('\n').map((line) => /^\w+ +([\d.]+)$/.exec(line)?.[1]);
  return months.reduce((total, litres) => total + Number(litres ?? 0), 0);
}

const temporaryStores = () => readdirSync(tmpdir()).filter((name) => name.startsWith('agentops-demo-'));

describe('agentops demo --once (P2, P3, S8, D3)', () => {
  let before: string[];
  let run: Ended;
  beforeAll(async () => {
    before = temporaryStores();
    run = await agentops('demo', '--once');
  });

  it('finds everything it recorded in the backend, and says so check by check', () => {
    expect(run.stderr).toBe('');
    expect(run.code).toBe(0);
    expect(run.stdout).toMatch(/^ok +every span arrived: (\d+) of \1, \1 stored$/m);
    expect(run.stdout).toMatch(
      /^ok +counts agree: spans \d+, agents 3, llms \d+, tools \d+, actions 0, errors 1$/m,
    );
    expect(run.stdout).toMatch(/^ok +tokens agree: input \d+/m);
    expect(run.stdout).toMatch(/^ok +cost agrees: \$0\.\d+/m);
    expect(run.stdout).toMatch(/^ok +the session ended in success/m);
  });

  it('answers with numbers that the documents bear out, and with the reason they give', () => {
    const [before, after] = [litresOf(1886), litresOf(1887)];
    expect(run.stdout).toContain(`1886: ${before} litres`);
    expect(run.stdout).toContain(`1887: ${after} litres`);
    expect(run.stdout).toContain(`Difference: ${after - before} litres`);
    expect(run.stdout).toMatch(/because .* fogs of April and May/);
  });

  it('shows the session, its link and its totals', () => {
    const [, id] = /^Session +([0-9a-f-]{36})$/m.exec(run.stdout) ?? [];
    expect(run.stdout).toMatch(new RegExp(`^Link +http://127\\.0\\.0\\.1:\\d+/sessions/${id}$`, 'm'));
    expect(run.stdout).toMatch(
      /agents +LLM calls +tools +errors +tokens in +tokens out +cost +duration\n +3 /,
    );
  });

  it('leaves no store behind', () => {
    expect(temporaryStores()).toEqual(before);
  });

  it('takes no option for a backend of its own choosing', async () => {
    const { code, stderr } = await agentops('demo', '--once', '--port', '5000');
    expect(code).toBe(1);
    expect(stderr).toContain('--once and --port exclude each other');
  });
});

describe('agentops demo against a running backend', () => {
  let server: RunningServer;
  beforeAll(async () => {
    server = await startServer({ port: 0, logger: { level: 'silent' } });
  });
  afterAll(() => server.close());

  it('records a session there', async () => {
    const { code, stdout } = await agentops('demo', '--endpoint', server.url);
    expect(code).toBe(0);
    const [, id = ''] = /^Link +http:\/\/127\.0\.0\.1:\d+\/sessions\/(.+)$/m.exec(stdout) ?? [];
    using api = new SessionApiClient({ endpoint: server.url });
    const session = await api.session(id);
    expect(session).toMatchObject({
      name: 'Lighthouse inquiry',
      service_name: 'lighthouse-crew',
      end_state: 'Success',
      tags: ['demo'],
      models: ['claude-haiku-4-5', 'gpt-4o-mini'],
    });
    expect(session.agents.map(({ name }) => name).sort()).toEqual(['planner', 'researcher', 'writer']);
  });

  it('sends the key it is given', async () => {
    const { secret } = await server.store.keys.create('lights', 'demo');
    const { code } = await agentops('demo', '--endpoint', server.url, '--api-key', secret);
    expect(code).toBe(0);
    await server.store.settle();
    expect((await server.store.sessions('lights', {})).total).toBe(1);
  });

  it('asks the provider whose key there is, and says that the other one is played', async () => {
    await using anthropic = await startModelServer({
      script: always({ text: 'More by 317 litres: fog.' }),
      apiKey: 'a-real-key',
    });
    const { ended } = startAgentops(['demo', '--endpoint', server.url], {
      env: { ANTHROPIC_API_KEY: 'a-real-key', ANTHROPIC_BASE_URL: anthropic.url },
    });
    const { code, stdout } = await ended;
    expect(code).toBe(0);
    expect(anthropic.requests).toHaveLength(1);
    expect(stdout).toContain(
      'OpenAI gpt-4o-mini, played by a script on this machine (OPENAI_API_KEY is not set)',
    );
    expect(stdout).toMatch(/Anthropic claude-haiku-4-5$/m);
    expect(stdout).toContain('More by 317 litres: fog.');
  });

  it('fails with the words of a provider that refuses, and records the session as failed', async () => {
    const { secret } = await server.store.keys.create('refused', 'demo');
    await using openai = await startModelServer({ script: always({}), apiKey: 'another-key' });
    const { ended } = startAgentops(['demo', '--endpoint', server.url, '--api-key', secret], {
      env: { OPENAI_API_KEY: 'a-wrong-key', OPENAI_BASE_URL: `${openai.url}/v1` },
    });
    const { code, stderr } = await ended;
    expect(code).toBe(1);
    expect(stderr).toMatch(/^error: 401 /);
    await server.store.settle();
    const { sessions } = await server.store.sessions('refused', {});
    expect(sessions).toMatchObject([
      { end_state: 'Fail', end_state_reason: expect.stringMatching(/^401 /) as string },
    ]);
  });

  it('stops before the work where the key opens nothing', async () => {
    const { code, stdout, stderr } = await agentops('demo', '--endpoint', server.url, '--api-key', 'wrong');
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toContain('The API key is not valid');
  });
});

describe('agentops demo --up', () => {
  it('records a session in a backend of its own, which serves until it is stopped', async () => {
    const cwd = mkdtempSync(join(tmpdir(), 'agentops-up-'));
    const running = startAgentops(['demo', '--up', '--port', '0'], {
      cwd,
      env: { AGENTOPS_API_KEY: 'of-another-backend' },
    });
    const [, url, id = ''] = await running.printed(/^Link +(\S+?)\/sessions\/(\S+)$[\s\S]+Press Ctrl-C/m);
    using api = new SessionApiClient({ endpoint: url });
    expect(await api.session(id)).toMatchObject({ end_state: 'Success' });
    running.kill('SIGTERM');
    expect((await running.ended).code).toBe(0);
    rmSync(cwd, { recursive: true });
  });
});

describe('agentops demo without a backend', () => {
  it('says how to start one', async () => {
    const { code, stdout, stderr } = await agentops('demo', '--endpoint', 'http://127.0.0.1:9');
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toContain('No AgentOps backend answers at http://127.0.0.1:9.');
    expect(stderr).toContain('agentops up');
    expect(stderr).toContain('--up');
  });

  it('says that what answers is another service', async () => {
    const other = createServer((_request, response) => response.end('{"service":"other"}')).listen(
      0,
      '127.0.0.1',
    );
    await new Promise((resolve) => other.once('listening', resolve));
    const { port } = other.address() as AddressInfo;
    const { code, stderr } = await agentops('demo', '--endpoint', `http://127.0.0.1:${port}`);
    expect(code).toBe(1);
    expect(stderr).toContain('is no AgentOps backend');
    other.close();
  });

  it('fails where the spans are not taken', async () => {
    const refusing = createServer((request, response) => {
      response.statusCode = request.url === '/v1/traces' ? 400 : 200;
      response.end('{"service":"agentops","sessions":[]}');
    }).listen(0, '127.0.0.1');
    await new Promise((resolve) => refusing.once('listening', resolve));
    const { port } = refusing.address() as AddressInfo;
    const { code, stderr } = await agentops('demo', '--endpoint', `http://127.0.0.1:${port}`);
    expect(code).toBe(1);
    expect(stderr).toMatch(/error: (\d+) of \1 spans did not arrive at/);
    refusing.close();
  });

  it('sends no key in plain text to another machine', async () => {
    const { code, stdout, stderr } = await agentops(
      'demo',
      ...['--endpoint', 'http://backend.example.com', '--api-key', 'a-real-key'],
    );
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toContain(
      'would travel in plain text to backend.example.com. Use https://, or add --insecure',
    );
    expect(stderr).not.toContain('insecure: true');
    expect(stderr).not.toContain('a-real-key');
  });

  it('takes no option for a backend it does not start', async () => {
    const { code, stderr } = await agentops('demo', '--data-dir', 'elsewhere');
    expect(code).toBe(1);
    expect(stderr).toContain('--data-dir is for a backend that this command starts; add --up');
  });
});
