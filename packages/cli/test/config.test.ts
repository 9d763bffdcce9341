import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { type Ended, startAgentops } from './agentops-process.ts';

const cwd = mkdtempSync(join(tmpdir(), 'agentops-cli-config-'));
afterAll(() => rmSync(cwd, { recursive: true, force: true }));

function config(args: readonly string[] = [], env: Record<string, string> = {}): Promise<Ended> {
  return startAgentops(['config', ...args], { cwd, env }).ended;
}

describe('T9 agentops config', () => {
  it('shows every value beside its source, and what is wrong', async () => {
    writeFileSync(join(cwd, 'agentops.yaml'), 'telemetry:\n  service_name: crew\n  batch: { size: 0 }\n');
    const { code, stdout } = await config([], { AGENTOPS_API_KEY: 's3cret', AGENTOPS_LOG_LEVEL: 'info' });

    expect(code).toBe(0);
    expect(stdout).toMatch(/^ {2}service_name: crew +# agentops\.yaml:2:17$/m);
    expect(stdout).toMatch(/^ {4}level: info +# AGENTOPS_LOG_LEVEL$/m);
    expect(stdout).toMatch(/^ {6}api_key: \(hidden\) +# AGENTOPS_API_KEY$/m);
    expect(stdout).toMatch(/^ {4}interval: 1s +# default$/m);
    expect(stdout).toMatch(
      /1 problem:\n {2}- telemetry\.batch\.size = 0 from .*agentops\.yaml:3:18: .*using 512/,
    );
    expect(stdout).not.toContain('s3cret');
  });

  it('exits with 1 where anything is wrong, when it is told to be strict', async () => {
    writeFileSync(join(cwd, 'wrong.yaml'), 'telemetry: { sevice_name: crew }\n');
    writeFileSync(join(cwd, 'right.yaml'), 'telemetry: { service_name: crew }\n');

    expect((await config(['--strict', '--file', 'wrong.yaml'])).code).toBe(1);
    expect((await config(['--strict', '--file', 'right.yaml'])).code).toBe(0);
    expect(await config(['--file', 'missing.yaml'])).toMatchObject({
      code: 1,
      stderr: expect.stringContaining("configFile = 'missing.yaml': cannot be read"),
    });
  });

  it('prints JSON for programs, and the JSON Schema of the file for editors', async () => {
    writeFileSync(join(cwd, 'right.yaml'), 'telemetry: { service_name: crew }\n');
    const { options, problems } = JSON.parse((await config(['--json', '--file', 'right.yaml'])).stdout);

    expect(options).toContainEqual({ path: 'service_name', value: 'crew', source: 'right.yaml:1:28' });
    expect(problems).toEqual([]);
    expect(JSON.parse((await config(['--schema'])).stdout)).toMatchObject({ title: 'agentops.yaml' });
  });
});
