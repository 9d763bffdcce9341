import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { init, shutdown, startSession } from 'agentops';
import { inspectSpool, readConfiguration } from 'agentops/doctor';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { deadPort } from '../support/otlp-endpoint.ts';

let directory: string;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'agentops-spool-report-'));
});

afterEach(() => rmSync(directory, { recursive: true, force: true }));

/** What a program leaves that cannot reach its backend. */
async function leaveSpans(): Promise<void> {
  init({
    endpoint: `http://127.0.0.1:${await deadPort()}`,
    retry: { attempts: 1 },
    spool: { directory },
    logs: { level: 'silent' },
  });
  startSession().end();
  startSession().end();
  await shutdown();
}

describe('a report of the spool', () => {
  it('counts what waits for each exporter, and since when', async () => {
    const before = Date.now();
    await leaveSpans();
    const own = join(directory, 'agentops');
    writeFileSync(join(own, 'notes.txt'), 'of somebody else');
    const { waiting, unwritable, free } = inspectSpool({ directory: own });

    expect(waiting).toEqual([
      {
        exporter: 'agentops',
        spans: 2,
        records: 1,
        damaged: 0,
        bytes: expect.any(Number),
        oldest: expect.any(Number),
      },
    ]);
    expect(waiting[0]?.oldest).toBeGreaterThanOrEqual(before);
    expect(unwritable).toBeUndefined();
    expect(free).toBeGreaterThan(0);
  });

  it('is the same twice: nothing is taken out', async () => {
    await leaveSpans();
    const own = { directory: join(directory, 'agentops') };

    expect(inspectSpool(own).waiting).toEqual(inspectSpool(own).waiting);
  });

  it('makes no directory, and says where none could be made', () => {
    const missing = join(directory, 'a', 'b');
    expect(inspectSpool({ directory: missing })).toMatchObject({ directory: missing, waiting: [] });
    expect(inspectSpool({ directory: missing }).unwritable).toBeUndefined();

    mkdirSync(join(directory, 'c'));
    writeFileSync(join(directory, 'c', 'file'), '');
    expect(inspectSpool({ directory: join(directory, 'c', 'file', 'spool') }).unwritable).toContain(
      'is no directory',
    );
  });
});

describe('a reading of the configuration', () => {
  it('is what init would have, with what is wrong in it', () => {
    const { config, problems } = readConfiguration({
      AGENTOPS_ENDPOINT: 'nonsense',
      AGENTOPS_SERVICE_NAME: 'crew',
    });

    expect(config?.serviceName).toBe('crew');
    expect(problems).toEqual([expect.stringMatching(/nonsense.*AGENTOPS_ENDPOINT/)]);
  });
});
