import { EventEmitter, once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { decodeTraces } from '@agentops/otlp';
import { openStore } from '@agentops/postgres';
import { pgliteEngine } from '@agentops/postgres/pglite';
import { afterAll, describe, expect, it } from 'vitest';
import { startServer } from '../src/index.ts';
import { encodeTraces, recordSpans } from './support/traces.ts';

const DAY_NS = 24n * 60n * 60n * 1_000_000_000n;

describe('retention on a schedule (D5)', () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'agentops-retention-'));
  afterAll(() => rmSync(dataDir, { recursive: true, force: true }));

  it('drops old partitions when the server starts, says so, and keeps the rest', async () => {
    const { rows } = decodeTraces(encodeTraces(recordSpans(2)), 'application/x-protobuf');
    const [old, fresh] = rows.map((row, index) => ({
      ...row,
      // No UUIDv7, so that the day is that of its start.
      trace_id: `${index}`.padStart(32, 'f'),
      session_id: `session-${index}`,
      start_time: row.start_time - (index === 0 ? 100n * DAY_NS : 0n),
    }));
    const store = await openStore({ engine: pgliteEngine({ dataDir }) });
    await store.write('default', [old!, fresh!]);
    await store.settle();
    expect((await store.sessions('default', {})).total).toBe(2);
    await store.close();

    const lines = new EventEmitter();
    const dropped = once(lines, 'dropped');
    const server = await startServer({
      port: 0,
      dataDir,
      retention: { days: 30 },
      logger: {
        level: 'info',
        stream: {
          write: (line) => void (line.includes('old spans were dropped') && lines.emit('dropped', line)),
        },
      },
    });
    const [line] = (await dropped) as [string];
    expect(JSON.parse(line)).toMatchObject({ sessions: 1, partitions: [expect.stringMatching(/^spans_/)] });
    const { sessions } = await server.store.sessions('default', {});
    expect(sessions.map(({ session_id }) => session_id)).toEqual(['session-1']);
    // What is coming has its partition already.
    const tomorrow = new Date(Date.now() + 24 * 60 * 60 * 1000).toISOString().slice(0, 10);
    await expect
      .poll(async () => (await server.store.maintenance.status()).partitions.some(({ to }) => to > tomorrow))
      .toBe(true);
    await server.close();
  });
});
