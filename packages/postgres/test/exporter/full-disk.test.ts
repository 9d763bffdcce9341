import { EventEmitter, once } from 'node:events';
import { PostgresSpanExporter } from '@agentops/postgres';
import { DiagLogLevel, diag } from '@opentelemetry/api';
import { ExportResultCode } from '@opentelemetry/core';
import { Client } from 'pg';
import { describe, expect, it, onTestFinished } from 'vitest';
import { ownPostgres } from '../postgres-server.ts';
import { exported, someSpans } from './readable-spans.ts';
import { smallDisk } from './small-disk.ts';

const SPANS = 4_000;
const SPANS_PER_EXPORT = 500;

describe('D1: a disk that is full', () => {
  it('is told, waited for, and costs no span and no second row', async () => {
    const own = await ownPostgres();
    onTestFinished(() => own.remove());
    await own.start();
    const disk = smallDisk();
    onTestFinished(() => disk.remove());

    const administrator = await connected(own.url);
    await disk.newDatabase(administrator, 'small');
    const url = Object.assign(new URL(own.url), { pathname: '/small' }).href;
    const database = await connected(url);
    const warnings = new EventEmitter();
    const warn = (message: string) => void (message.includes('53100') && warnings.emit('full', message));
    const ignore = () => {};
    diag.setLogger(
      { error: warn, warn, info: ignore, debug: ignore, verbose: ignore },
      { logLevel: DiagLogLevel.WARN, suppressOverrideMessage: true },
    );
    onTestFinished(() => diag.disable());

    const exporter = new PostgresSpanExporter({ url, retries: 100 }, {});
    const spans = someSpans(SPANS);
    await exported(exporter, spans.slice(0, 1));
    await disk.fill(database, 1_000_000);
    const full = once(warnings, 'full');
    const results: Promise<unknown>[] = [];
    for (let start = 0; start < SPANS; start += SPANS_PER_EXPORT) {
      results.push(exported(exporter, spans.slice(start, start + SPANS_PER_EXPORT)));
    }
    const [message] = (await full) as [string];
    expect(message).toContain('free space on its disk');
    await disk.free(database);

    expect(await Promise.all(results)).toEqual(results.map(() => ({ code: ExportResultCode.SUCCESS })));
    const { rows } = await database.query(
      'SELECT count(*)::int AS rows, count(DISTINCT span_id)::int AS spans FROM agentops.spans',
    );
    expect(rows).toEqual([{ rows: SPANS, spans: SPANS }]);
    await exporter.shutdown();
    await database.end();
    await administrator.end();
  });
});

async function connected(url: string): Promise<Client> {
  const client = new Client(url);
  await client.connect();
  return client;
}
