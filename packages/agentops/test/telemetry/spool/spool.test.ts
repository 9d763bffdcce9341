import {
  appendFileSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { AgentOpsError } from '../../../src/errors.ts';
import { Reporter } from '../../../src/reporter.ts';
import { Ledger } from '../../../src/telemetry/processors/ledger.ts';
import { Spool } from '../../../src/telemetry/spool/spool.ts';

let base: string;
let directory: string;
let errors: AgentOpsError[];

beforeEach(() => {
  base = mkdtempSync(join(tmpdir(), 'agentops-spool-'));
  directory = join(base, 'shop');
  errors = [];
});

afterEach(() => {
  vi.useRealTimers();
  rmSync(base, { recursive: true });
});

function open({ exporter = 'agentops', maxBytes = 1_000_000, at = directory } = {}) {
  const reporter = new Reporter({ level: 'silent', onError: (error) => errors.push(error) });
  const ledger = new Ledger(exporter, reporter);
  const spool = new Spool({ directory: at, exporter, maxBytes, ledger, reporter });
  const keep = (...texts: string[]) => texts.map((text) => spool.append(Buffer.from(text), text.length));
  return { spool, keep, stats: () => ledger.stats(0) };
}

/** Takes out everything there is. */
function drain(spool: Spool): string[] {
  const requests: string[] = [];
  for (let batch = spool.next(); batch !== undefined; batch = spool.next()) {
    requests.push(Buffer.from(batch.request).toString());
    spool.settle(batch);
  }
  return requests;
}

const files = (): string[] => readdirSync(directory).map((name) => join(directory, name));

describe('the spool', () => {
  it('gives back what it was given, in order, and leaves nothing behind', () => {
    const { spool, keep, stats } = open();
    expect(keep('aaa', 'bb')).toEqual([true, true]);
    expect(stats()).toMatchObject({ spooled: 5 });

    expect(drain(spool)).toEqual(['aaa', 'bb']);
    expect(stats()).toMatchObject({ spooled: 0, recovered: 0, dropped: {} });
    expect(files()).toEqual([]);
  });

  it('keeps a batch until it is settled, and is read by its owner alone', () => {
    const { spool, keep } = open();
    keep('aaa');

    expect(spool.next()?.spans).toBe(3);
    expect(spool.next()?.spans).toBe(3);
    expect(statSync(directory).mode & 0o777).toBe(0o700);
    expect(files().map((path) => statSync(path).mode & 0o777)).toEqual([0o600]);
  });

  it('passes on what is left, and only that, to the next of the same exporter', () => {
    const first = open();
    first.keep('aaa', 'bb', 'c');
    const done = first.spool.next();
    if (done) first.spool.settle(done);
    const living = open();
    expect(living.spool.next()).toBeUndefined();
    first.spool.close();

    expect(open({ exporter: 'agentops-2' }).spool.next()).toBeUndefined();
    living.spool.tend();
    expect(drain(living.spool)).toEqual(['bb', 'c']);
    expect(living.stats()).toMatchObject({ recovered: 3, spooled: 0 });
    expect(files()).toEqual([]);
  });

  it('gives up the oldest when it is full, and counts it', () => {
    const { spool, keep, stats } = open({ maxBytes: 200 });
    expect(keep(...'abcdefghijkl')).not.toContain(false);
    const before = stats();
    expect(keep('x'.repeat(500))).toEqual([false]);
    expect(stats()).toEqual(before);

    const size = files().reduce((sum, path) => sum + statSync(path).size, 0);
    expect(size).toBeLessThanOrEqual(200);
    const { spooled, dropped } = stats();
    expect(spooled + (dropped.spool_full ?? 0)).toBe(12);
    expect(spooled).toBeGreaterThan(0);
    expect(errors[0]?.message).toContain('raise spool.maxBytes');
    expect(drain(spool)).toEqual([...'abcdefghijkl'].slice(12 - spooled));
  });

  it('gives up what is left of other processes before its own', () => {
    const first = open();
    first.keep('old');
    first.spool.close();
    const { spool, keep, stats } = open({ maxBytes: 60 });
    keep('new one', 'and another');

    expect(drain(spool)).toEqual(['and another']);
    expect(stats()).toMatchObject({ recovered: 3, dropped: { spool_full: 10 } });
  });

  it('does not keep anything for longer than seven days', () => {
    vi.useFakeTimers({ toFake: ['Date'] });
    const { spool, keep, stats } = open();
    keep('aaa');
    vi.setSystemTime(Date.now() + 6 * 86_400_000);
    keep('bb');
    vi.setSystemTime(Date.now() + 2 * 86_400_000);

    expect(drain(spool)).toEqual(['bb']);
    expect(stats()).toMatchObject({ spooled: 0, dropped: { spool_expired: 3 } });
  });

  it('skips damaged records and one that was not written to its end, and counts the damaged', () => {
    const first = open();
    first.keep('aaa', 'bb', 'c');
    first.spool.close();
    const [path = ''] = files();
    const content = readFileSync(path);
    content[content.indexOf('bb')] = 0;
    writeFileSync(path, content);
    appendFileSync(path, content.subarray(0, 20));
    const { spool, stats } = open();

    expect(drain(spool)).toEqual(['aaa', 'c']);
    expect(stats()).toMatchObject({ recovered: 4, spooled: 0, dropped: {} });
    expect(errors).toMatchObject([{ code: 'spool_damaged' }]);
  });

  it('accounts for spans whose file was damaged or taken away', () => {
    const { spool, keep, stats } = open();
    keep('aaa');
    for (const path of files()) rmSync(path);
    expect(keep('bb')).toEqual([true]);

    expect(drain(spool)).toEqual(['bb']);
    expect(stats()).toMatchObject({ spooled: 0, dropped: { spool_unreadable: 3 } });
  });

  it('leaves alone what is no file of its own', () => {
    const { spool, keep } = open();
    keep('aaa');
    drain(spool);
    for (const name of ['agentops,notes.txt', 'agentops,%.spool'])
      writeFileSync(join(directory, name), 'mine');

    expect(spool.next()).toBeUndefined();
    expect(files()).toHaveLength(2);
    expect(errors).toEqual([]);
  });

  it('reports once that it cannot write, and says so to whoever would have it keep spans', () => {
    const file = join(base, 'file');
    writeFileSync(file, '');
    const { spool, keep, stats } = open({ at: join(file, 'shop') });

    expect(spool.isWritable).toBe(true);
    expect(keep('aaa', 'bb')).toEqual([false, false]);
    expect(spool.isWritable).toBe(false);
    expect(stats()).toMatchObject({ spooled: 0 });
    expect(errors).toMatchObject([{ code: 'spool_failed' }]);
    expect(errors[0]?.message).toMatch(/cannot keep spans in .*shop: .*ENOTDIR.*set spool\.directory/);
  });
});
