import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Worker } from 'node:worker_threads';
import { type Engine, openStore } from '@agentops/postgres';
import { pgliteEngine } from '@agentops/postgres/pglite';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { expectSessions, startWriter, writeUntilKilled } from './killed-writer.ts';
import { aSpan, newProject, sessionIdOf } from './spans.ts';
import { NEVER, storeSuite } from './store-suite.ts';
import { SPANS_OF_OLD, schemaOf, TRACE } from './suite/migrations.ts';

storeSuite('PGlite', async () => {
  const database = pgliteEngine();
  let connections = 0;
  // PGlite has one connection: what stands for several programs shares it, and the last one closes it.
  return (): Engine => {
    connections++;
    return {
      partitionBy: database.partitionBy,
      vacuums: database.vacuums,
      bounded: (limit) => database.bounded(limit),
      query: (text, params) => database.query(text, params),
      exec: (sql) => database.exec(sql),
      transaction: (run) => database.transaction(run),
      load: (load) => database.load(load),
      close: async () => {
        if (--connections === 0) await database.close();
      },
    };
  };
});

describe('D2: the embedded database', () => {
  let dataDir: string;

  beforeEach(async () => {
    dataDir = await mkdtemp(join(tmpdir(), 'agentops-pglite-'));
  });
  afterEach(() => rm(dataDir, { recursive: true }));

  const open = () => openStore({ engine: pgliteEngine({ dataDir }), rollupInterval: NEVER });

  it('holds what was written when its directory is opened again', async () => {
    const span = aSpan();
    const store = await open();
    await store.write('p', [span]);
    await store.close();
    const again = await open();
    expect((await again.session('p', span.session_id))?.counts.spans).toBe(1);
    await again.close();
    expect(await readdir(dataDir)).toEqual(['postgres']);
  });

  it('refuses a second program and names the process that has the directory open', async () => {
    const { child, lines } = startWriter(dataDir);
    await lines.next();
    await expect(open()).rejects.toMatchObject({
      code: 'locked',
      message: expect.stringContaining(`process ${child.pid} has the data directory ${dataDir}`),
    });
    await kill(child);
  });

  it('refuses a second opening in the same program', async () => {
    const store = await open();
    await expect(open()).rejects.toMatchObject({ code: 'locked' });
    await store.ping();
    await store.close();
  });

  it('has every acknowledged span after each of three kills in the middle of writing', async () => {
    const acknowledged: string[] = [];
    for (const acknowledgements of [1, 25, 10]) {
      acknowledged.push(...(await writeUntilKilled(dataDir, acknowledgements)));
    }
    await expectSessions(dataDir, acknowledged);
  }, 60_000);

  it('is brought up to date with the data that an older version has left in it', async () => {
    const old = pgliteEngine({ dataDir });
    await old.exec(await schemaOf(3));
    await old.exec(SPANS_OF_OLD);
    await old.close();
    const store = await open();
    const { schema } = await store.maintenance.status();
    expect(schema.version).toBe(schema.known);
    expect((await store.session('p', sessionIdOf(TRACE)))?.counts.spans).toBe(500);
    await store.close();
  });

  it('takes over a lock whose pid belongs to another process by now', async () => {
    await writeFile(join(dataDir, 'agentops.pid'), `${process.ppid} 1`);
    const store = await open();
    expect(await readFile(join(dataDir, 'agentops.pid'), 'utf8')).toMatch(new RegExp(`^${process.pid}\\b`));
    await store.close();
  });

  it.runIf(process.platform === 'linux')(
    'takes over a lock whose process is dead but not yet waited for by its parent',
    async () => {
      // A shell that has become `sleep` waits for nobody, so its child stays a zombie when it ends.
      const parent = spawn('sh', ['-c', 'sh -c "echo \\$\\$" & exec sleep 600'], {
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      const [pid] = (await once(createInterface(parent.stdout), 'line')) as [string];
      const fields = () => readFileSync(`/proc/${pid}/stat`, 'latin1').split(') ')[1]?.split(' ') ?? [];
      await expect.poll(() => fields()[0]).toBe('Z');
      await writeFile(join(dataDir, 'agentops.pid'), `${pid} ${fields()[19]}`);
      const store = await open();
      await store.close();
      await kill(parent);
    },
  );

  it('rejects what was pending when its thread dies, and starts another one', async () => {
    const threads: Worker[] = [];
    const remember = (worker: Worker) => threads.push(worker);
    process.on('worker', remember);
    const engine = pgliteEngine({ dataDir });
    const store = await openStore({ engine, rollupInterval: NEVER });
    process.off('worker', remember);

    const span = aSpan();
    await store.write('p', [span]);
    const pending = [engine.query('SELECT pg_sleep(600)'), store.write('p', [aSpan()])];
    const outcome = Promise.allSettled(pending);
    await threads[0]?.terminate();
    const [sleeping] = await outcome;
    expect(sleeping).toMatchObject({
      status: 'rejected',
      reason: { name: 'StoreError', code: 'unavailable' },
    });
    expect((await store.session('p', span.session_id))?.counts.spans).toBe(1);
    await store.close();
  });

  it('says that it is closed', async () => {
    const store = await open();
    await store.close();
    await expect(store.write(newProject(), [aSpan()])).rejects.toMatchObject({ code: 'unavailable' });
  });
});

async function kill(child: ChildProcess): Promise<void> {
  const exited = once(child, 'exit');
  child.kill('SIGKILL');
  await exited;
}
