import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { PostgresSpanExporter } from '@agentops/postgres';
import { ExportResultCode } from '@opentelemetry/core';
import { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type PostgresServer, startPostgres } from '../postgres-server.ts';
import { exported, someSpans } from './readable-spans.ts';

/** Takes connections and never says a word. */
let blackHole: Server;
const sockets = new Set<Socket>();
let silent: string;
let postgres: PostgresServer;

beforeAll(async () => {
  blackHole = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => {}).resume();
  }).listen(0, '127.0.0.1');
  await once(blackHole, 'listening');
  silent = `postgres://u:p@127.0.0.1:${(blackHole.address() as AddressInfo).port}/x?sslmode=disable`;
  postgres = await startPostgres();
});
afterAll(async () => {
  for (const socket of sockets) socket.destroy();
  blackHole.close();
  await postgres.stop();
});

/** Runs the program and resolves to how it ended and the ms from its last word to its end. */
async function run(url: string, ending: string, timeout: number) {
  const script = fileURLToPath(new URL('./exporting-process.ts', import.meta.url));
  const child = spawn(
    process.execPath,
    ['--conditions=@agentops/source', script, url, ending, String(timeout)],
    {
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  );
  let said = 0;
  child.stdout.on('data', () => {
    said = performance.now();
  });
  const output = text(child.stdout);
  const [code] = await once(child, 'exit');
  return { code, lingered: performance.now() - said, output: await output };
}

describe('D1: the PostgreSQL exporter at the end of a program', () => {
  it.each(['shutdown', 'return'])(
    'does not keep the program alive for a server that does not answer: %s',
    async (ending) => {
      const { code, lingered, output } = await run(silent, ending, 1_000);
      expect({ code, output }).toEqual({
        code: 0,
        output: ending === 'shutdown' ? 'not shut down\ndone\n' : 'done\n',
      });
      // An attempt, of a second, is one of a hundred for each batch.
      expect(lingered).toBeLessThan(5_000);
    },
    30_000,
  );

  it.each(['shutdown', 'return', 'write', 'export'])(
    'stores what was given before, also with nothing else to do: %s',
    async (ending) => {
      const url = await postgres.newDatabase();
      expect(await run(url, ending, 20_000)).toMatchObject({ code: 0, output: 'done\n' });
      const database = new Client(url);
      await database.connect();
      const { rows } = await database.query('SELECT count(*)::int AS spans FROM agentops.spans');
      await database.end();
      expect(rows).toEqual([{ spans: 3_000 }]);
    },
  );

  it('shuts down in the time of one attempt, whatever waits', async () => {
    const timeout = 500;
    const exporter = new PostgresSpanExporter(
      { url: silent, timeout, retries: 100, batchSize: 10, poolSize: 1 },
      {},
    );
    const results = Array.from({ length: 10 }, () => exported(exporter, someSpans(10)));
    const began = performance.now();
    await exporter.shutdown();
    // And 2 s at most for totals, of which there are none.
    expect(performance.now() - began).toBeLessThan(timeout + 2_500);
    for (const { code } of await Promise.all(results)) expect(code).toBe(ExportResultCode.FAILED);
  });
});
