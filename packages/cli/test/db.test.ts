import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startServer } from '@agentops/server';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { agentops } from './agentops-process.ts';

const DAY_MS = 24 * 60 * 60 * 1000;

/** A request with one span of each session, which starts as many days ago as it is given. */
function requestOf(sessions: Record<string, { daysAgo: number; user: string }>) {
  const spans = Object.entries(sessions).map(([id, { daysAgo, user }], index) => {
    const time = `${Date.now() - daysAgo * DAY_MS}000000`;
    return {
      traceId: `f000000000000000000000000000000${index}`,
      spanId: '00000000000000aa',
      name: 'work',
      startTimeUnixNano: time,
      endTimeUnixNano: time,
      attributes: [
        { key: 'session.id', value: { stringValue: id } },
        { key: 'user.id', value: { stringValue: user } },
      ],
    };
  });
  return { resourceSpans: [{ scopeSpans: [{ spans }] }] };
}

// Each command is a process of its own, which starts the embedded database: seconds on a busy machine.
describe('agentops db (D5)', { timeout: 120_000 }, () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'agentops-db-'));
  afterAll(() => rmSync(dataDir, { recursive: true, force: true }));
  const db = (...args: string[]) => agentops('db', ...args, '--data-dir', dataDir);

  beforeAll(async () => {
    const server = await startServer({ dataDir, port: 0, logger: { level: 'silent' } });
    const sessions = {
      first: { daysAgo: 0, user: 'ada' },
      second: { daysAgo: 0, user: 'ada' },
      third: { daysAgo: 0, user: 'grace' },
    };
    const response = await fetch(`${server.url}/v1/traces`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(requestOf(sessions)),
    });
    expect(response.status).toBe(200);
    await server.close();
  });

  it('says how the database stands', async () => {
    const { code, stdout } = await db('status');
    expect(code).toBe(0);
    expect(stdout).toContain(`Database   ${dataDir}\n`);
    expect(stdout).toMatch(
      /Schema +version \d+, up to date\n +Sessions +3\n +Spans +\S+ KiB in \d partitions?\n/,
    );
    expect(stdout).toMatch(/spans_\d{4}_\d\d +\d{4}-\d\d-01 +\d{4}-\d\d-01 +\S+ KiB/);
  });

  it('deletes only when told to for good, and then what it was told', async () => {
    const asked = await db('delete', '--user', 'ada');
    expect(asked).toMatchObject({ code: 1 });
    expect(asked.stderr).toContain('This would delete every session of user ada in all projects');

    const deleted = await db('delete', '--session', 'first', '--yes');
    expect(deleted).toMatchObject({ code: 0, stdout: 'Deleted 1 span in 1 trace.\n' });
    expect((await db('delete', '--user', 'ada', '--yes')).stdout).toBe('Deleted 1 span in 1 trace.\n');
    expect((await db('status')).stdout).toMatch(/Sessions +1\n/);
  });

  it('says where there is no database, and that there is nothing to delete', async () => {
    const elsewhere = join(dataDir, 'nowhere');
    const status = await agentops('db', 'status', '--data-dir', elsewhere);
    expect(status).toMatchObject({ code: 1, stderr: expect.stringContaining(`no database in ${elsewhere}`) });
    const dumped = await agentops('db', 'dump', '--to', join(dataDir, 'x.gz'), '--data-dir', elsewhere);
    expect(dumped).toMatchObject({ code: 1, stderr: expect.stringContaining(`no database in ${elsewhere}`) });
    expect(existsSync(elsewhere)).toBe(false);

    const deleted = await db('delete', '--session', 'nope', '--yes');
    expect(deleted).toMatchObject({ code: 1 });
    expect(deleted.stderr).toContain('There is nothing of session nope of project default');
  });

  it('wants to know what to keep, and what to delete', async () => {
    expect((await db('prune')).stderr).toContain('Say what to keep: --retention-days DAYS');
    expect((await db('delete', '--yes')).stderr).toContain('Say what to delete: --session ID');
    expect((await db('distribute')).stderr).toContain('The embedded database cannot be distributed.');
    expect((await db('prune', '--retention-bytes', '20')).stderr).toContain('is a unit missing?');
    expect((await db('prune', '--retention-bytes', 'much')).stderr).toContain(
      'Expected a size, such as 500MB',
    );
  });

  it('prunes', async () => {
    expect((await db('prune', '--retention-days', '7')).stdout).toMatch(/^Nothing to drop: \S+ KiB of spans/);
  });

  it('moves everything to another store by a file', async () => {
    const other = mkdtempSync(join(tmpdir(), 'agentops-db-'));
    const file = join(other, 'backup.gz');
    const dumped = await db('dump', '--to', file);
    expect(dumped).toMatchObject({ code: 0, stdout: `Wrote 1 span and 0 keys to ${file}.\n` });
    expect(statSync(file).mode & 0o777).toBe(0o600);

    const into = ['--from', file, '--data-dir', join(other, 'data')];
    expect(await agentops('db', 'restore', ...into)).toMatchObject({
      code: 0,
      stdout: 'Restored 1 span and 0 keys.\n',
    });
    const again = await agentops('db', 'restore', ...into);
    expect(again.code).toBe(1);
    expect(again.stderr).toContain('The store holds data already. Restore into an empty one, or add --force');
    expect((await db('restore', '--from', join(other, 'nothing'))).stderr).toContain(
      'nothing cannot be read',
    );
    const nowhere = await db('dump', '--to', join(other, 'nowhere', 'backup.gz'));
    expect(nowhere).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/^error: \S+ cannot be written/),
    });
    writeFileSync(file, readFileSync(file).subarray(0, -20));
    const cut = await agentops('db', 'restore', '--from', file, '--data-dir', join(other, 'cut'));
    expect(cut).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/^error: \S+ is damaged, or has been/),
    });
    rmSync(other, { recursive: true });
  });

  it('imports what is too old for ingest', async () => {
    const file = join(dataDir, 'old.json');
    const request = (daysAgo: number) =>
      JSON.stringify(requestOf({ [`${daysAgo}`]: { daysAgo, user: 'ada' } }));
    writeFileSync(file, `${request(400)}\n\n${request(3)}\n`);
    expect(await db('import', '--from', file)).toMatchObject({ code: 0, stdout: 'Imported 2 spans.\n' });
    writeFileSync(file, request(5).replace('00000000000000aa', 'aa'));
    expect((await db('import', '--from', file)).stdout).toBe(
      'Imported 0 spans; 1 span cannot be stored: see rejected_spans.\n',
    );
    expect((await db('dump', '--to', join(dataDir, 'aside.gz'))).stdout).toContain(', 1 rejected span and');
    writeFileSync(file, '{"agentops_dump":1,"schema":1}\n');
    const nothing = await db('import', '--from', file);
    expect(nothing).toMatchObject({ code: 1, stderr: expect.stringContaining('has no spans') });
    writeFileSync(file, 'hello');
    expect((await db('import', '--from', file)).stderr).toContain('Line 1 is no OTLP request in JSON');
  });
});
