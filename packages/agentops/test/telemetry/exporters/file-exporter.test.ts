import { appendFileSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { decodeTraces } from '@agentops/otlp';
import { type AgentOpsError, type InitOptions, init, shutdown } from 'agentops';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { accountOf } from '../../support/invariant.ts';
import { runProgram } from '../../support/program.ts';
import { recordAndFlush } from '../../support/record-actions.ts';

let directory: string;
let path: string;
let errors: AgentOpsError[];

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'agentops-file-'));
  path = join(directory, 'spans.jsonl');
  errors = [];
});

afterEach(async () => {
  await shutdown();
  rmSync(directory, { recursive: true });
});

function start(options: InitOptions = {}) {
  return init({
    exporters: [{ type: 'file', path }],
    serviceName: 'shop',
    logs: { level: 'silent' },
    spool: { directory: join(directory, 'spool') },
    retry: { initial: 5, max: 5, attempts: 2 },
    onError: (error) => errors.push(error),
    ...options,
  });
}

/** Of each line the names of its spans; "torn" for one that is no request. */
function lines(): string[] {
  return readFileSync(path, 'utf8')
    .split('\n')
    .slice(0, -1)
    .map((line) => {
      try {
        return decodeTraces(Buffer.from(line), 'application/json')
          .rows.map(({ operation_name }) => operation_name)
          .join(', ');
      } catch {
        return 'torn';
      }
    });
}

describe('an exporter of type file (T2)', () => {
  it('appends a line of OTLP JSON for each batch', async () => {
    const client = start();
    await recordAndFlush(client, 'a', 'b');
    await recordAndFlush(client, 'c');

    expect(lines()).toEqual(['action a, action b', 'action c']);
    expect(JSON.parse(readFileSync(path, 'utf8').split('\n')[0] ?? '')).toHaveProperty('resourceSpans');
    expect(accountOf(client, 'file')).toMatchObject({ ended: 3, delivered: 3 });
  });

  it('makes the directories it needs, and files that others cannot read', async () => {
    path = join(directory, 'deep', 'down', 'spans.jsonl');
    await recordAndFlush(start(), 'a');

    expect(lines()).toEqual(['action a']);
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(statSync(join(directory, 'deep')).mode & 0o777).toBe(0o700);
  });

  it('begins a new line after one that was torn', async () => {
    writeFileSync(path, '{"resourceSpans":[{"scopeSp');
    const client = start();
    await recordAndFlush(client, 'a');
    expect(lines()).toEqual(['torn', 'action a']);

    appendFileSync(path, '{"resou');
    await recordAndFlush(client, 'b');
    expect(lines()).toEqual(['torn', 'action a', 'torn', 'action b']);
  });

  it('goes on where the file was moved away', async () => {
    const client = start();
    await recordAndFlush(client, 'a');
    rmSync(path);
    await recordAndFlush(client, 'b');

    expect(lines()).toEqual(['action b']);
  });

  it('reports what cannot be written, keeps it, and writes it later', async () => {
    path = join(directory, 'later', 'spans.jsonl');
    writeFileSync(join(directory, 'later'), 'in the way');
    const client = start();
    await recordAndFlush(client, 'a');
    expect(accountOf(client, 'file')).toMatchObject({ delivered: 0, spooled: 1 });
    expect(errors[0]?.message).toMatch(/exporter file: cannot write to .*spans\.jsonl: ENOTDIR/);

    rmSync(join(directory, 'later'));
    await recordAndFlush(client, 'b');
    await shutdown();
    const again = start();
    await again.flush();
    await recordAndFlush(again, 'c');
    await expect
      .poll(() => lines().join(', ').split(', ').toSorted(), { timeout: 10_000 })
      .toEqual(expect.arrayContaining(['action a', 'action b', 'action c']));
  });

  it('has what was left when the process exits', async () => {
    const exit = await runProgram('exporting.ts', [JSON.stringify([{ type: 'file', path }]), 'exit'], {
      env: { AGENTOPS_SPOOL_DIR: directory },
    });

    expect(exit).toEqual({ code: 3, signal: null, stdout: '', stderr: '' });
    expect(lines()).toEqual(['execute_tool search, run']);
  });
});
