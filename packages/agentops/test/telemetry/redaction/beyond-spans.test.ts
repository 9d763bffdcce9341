import { logs, metrics } from '@opentelemetry/api';
import { MeterProvider } from '@opentelemetry/sdk-metrics';
import { init, logger, shutdown } from 'agentops';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { LogsEndpoint } from '../../support/logs-endpoint.ts';
import { deadPort } from '../../support/otlp-endpoint.ts';
import { scrape } from '../../support/scrape.ts';
import { captureStandardError } from '../../support/standard-error.ts';

afterEach(async () => {
  await shutdown();
  logs.disable();
  metrics.disable();
  vi.restoreAllMocks();
});

/** Put together here, so that nobody takes it for a real one. */
const KEY = ['sk', 'proj', 'Zm9vYmFyYmF6cXV4Zm9vYmFyYmF6cXV4Zm9vYmFy'].join('-');

describe('redaction of what is no span (T8)', () => {
  it('masks the Resource of log records', async () => {
    const endpoint = await LogsEndpoint.start();
    const client = init({
      exporters: [],
      resource: { 'build.note': `built with ${KEY}` },
      logs: { level: 'error', otlp: { endpoint: endpoint.url } },
    });
    vi.spyOn(process.stderr, 'write').mockReturnValue(true);
    logger.error('gave up');
    await client.flush();

    const [record] = endpoint.records;
    expect(record?.resource['build.note']).toMatch(/^built with sk-.*\[redacted\]$/);
    await endpoint.stop();
  });

  it('masks the Resource of metrics', async () => {
    const port = await deadPort();
    init({
      exporters: [],
      resource: { 'build.note': `built with ${KEY}` },
      metrics: { prometheus: { port } },
    });
    const info = (await scrape(port)).samples.find(({ name }) => name === 'target_info');

    expect(info?.labels.build_note).toMatch(/^built with sk-.*\[redacted\]$/);
  });

  it('leaves what is said while the client is made as it is, where there is nothing to mask', () => {
    const written = captureStandardError();
    init({ exporters: [], metrics: { meterProvider: new MeterProvider(), prometheus: true } });

    expect(written).toEqual([expect.stringContaining('metrics.meterProvider is given')]);
  });
});
