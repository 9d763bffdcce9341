import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startAgentops } from './agentops-process.ts';

let directory: string;
let backend: Server;
/** How the destination answers. */
let answer: { status: number; headers: () => Record<string, string> };

beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), 'agentops-doctor-'));
  answer = { status: 200, headers: () => ({}) };
  backend = createServer((request, response) => {
    request.resume().on('end', () => response.writeHead(answer.status, answer.headers()).end());
  }).listen(0, '127.0.0.1');
  await new Promise((resolve) => backend.once('listening', resolve));
});

afterEach(() => {
  backend.close();
  rmSync(directory, { recursive: true, force: true });
});

/** A package in a `node_modules` of the fixture. */
function install(name: string, version: string, below = '.'): string {
  const path = join(directory, below, 'node_modules', name);
  mkdirSync(path, { recursive: true });
  writeFileSync(join(path, 'package.json'), JSON.stringify({ name, version }));
  return path;
}

interface Report {
  ok: boolean;
  checks: { status: string; subject: string; message: string; advice?: string }[];
}

function run(env: Record<string, string> = {}, ...args: string[]) {
  const { port } = backend.address() as AddressInfo;
  return startAgentops(['doctor', ...args], {
    cwd: directory,
    env: {
      AGENTOPS_ENDPOINT: `http://127.0.0.1:${port}`,
      AGENTOPS_SPOOL_DIR: join(directory, 'spool'),
      ...env,
    },
  }).ended;
}

async function examine(env: Record<string, string> = {}) {
  const { code, stdout } = await run(env, '--json');
  const { ok, checks } = JSON.parse(stdout) as Report;
  const of = (subject: string) => checks.filter((check) => check.subject === subject);
  return { code, ok, checks, of };
}

describe('agentops doctor', () => {
  it('finds nothing amiss where nothing is', async () => {
    install('@opentelemetry/api', '1.10.0');
    install('openai', '7.57.0');
    const { code, stdout, stderr } = await run();

    expect(stderr).toBe('');
    expect(stdout).toContain('✓ Exporter agentops: http://127.0.0.1:');
    expect(stdout).toContain('✓ OpenTelemetry API: 1.10.0');
    expect(stdout).toContain('✓ Model client: openai 7.57.0');
    expect(stdout).toContain('Everything is as it should be.');
    expect(stdout).not.toMatch(/[⚠✗]/);
    expect(code).toBe(0);
  });

  it('fails where no exporter is left, and says what to do of variables that are not set', async () => {
    // biome-ignore lint/suspicious/noTemplateCurlyInString: the notation of the file
    const exporter = '{ type: postgres, url: "${NO_SUCH_URL}" }';
    writeFileSync(join(directory, 'agentops.yaml'), `telemetry: { exporters: [ ${exporter} ] }`);
    const { code, of } = await examine();

    expect(of('Configuration')).toEqual([
      expect.objectContaining({
        status: 'failure',
        message: expect.stringMatching(/NO_SUCH_URL\} is not set; .*this exporter is off$/),
        advice: expect.stringContaining('Set it where the program runs'),
      }),
      expect.objectContaining({ status: 'failure', message: 'no exporter is left: nothing is exported' }),
    ]);
    expect(code).toBe(1);
  });

  it('says what is wrong and what to do, and ends with 1', async () => {
    install('@opentelemetry/api', '1.10.0');
    answer.status = 401;
    const { code, stdout } = await run({ AGENTOPS_BATCH: 'x', OTEL_BSP_SCHEDULE_DELAY: 'soon' });

    expect(stdout).toMatch(
      /✗ Configuration: AGENTOPS_BATCH: unknown variable; did you mean "AGENTOPS_BATCH_/,
    );
    expect(stdout).toMatch(/✗ Configuration: batch\.interval = .*OTEL_BSP_SCHEDULE_DELAY.*\n {4}\S/);
    expect(stdout).toMatch(/✗ Exporter agentops: .* answered 401.*\n {4}Set apiKey or AGENTOPS_API_KEY/);
    expect(stdout).toMatch(/^3 failures$/m);
    expect(code).toBe(1);
  });

  it('warns of a clock that is off, which is no failure', async () => {
    answer.headers = () => ({ date: new Date(Date.now() - 90_000).toUTCString() });
    const { code, ok, of } = await examine();

    expect(of('Exporter agentops')).toMatchObject([
      { status: 'ok' },
      { status: 'warning', message: expect.stringMatching(/(89|90|91) s ahead of that of the destination/) },
    ]);
    expect({ code, ok }).toEqual({ code: 0, ok: true });
  });

  it('looks into the spool', async () => {
    const spool = join(directory, 'spool', 'agentops');
    mkdirSync(spool, { recursive: true });
    writeFileSync(join(spool, 'otlp-2,host,boot,1,2,random.released'), 'no record at all');
    const { of } = await examine();

    expect(of('Spool')).toMatchObject([
      { status: 'ok' },
      {
        status: 'warning',
        message: '1 damaged record of exporter otlp-2',
      },
    ]);
  });
});
