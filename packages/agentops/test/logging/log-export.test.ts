import { Server as GrpcServer, type handleUnaryCall, ServerCredentials } from '@grpc/grpc-js';
import { logs, SeverityNumber } from '@opentelemetry/api';
import { InMemoryLogRecordExporter, LoggerProvider, SimpleLogRecordProcessor } from '@opentelemetry/sdk-logs';
import { type InitOptions, init, logger, session, shutdown, tool } from 'agentops';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { decodeLogs, LogsEndpoint, type ReceivedRecord } from '../support/logs-endpoint.ts';
import { deadPort } from '../support/otlp-endpoint.ts';
import { runProgram } from '../support/program.ts';
import { captureStandardError } from '../support/standard-error.ts';

let endpoint: LogsEndpoint;
let written: string[];

beforeEach(async () => {
  endpoint = await LogsEndpoint.start();
  written = captureStandardError();
});

afterEach(async () => {
  await shutdown();
  logs.disable();
  vi.restoreAllMocks();
  await endpoint.stop();
});

const retry = { initial: 1, max: 1, attempts: 3 };

describe('log records (T11)', () => {
  it('carry severity, trace context, session and Resource', async () => {
    const client = init({
      exporters: [],
      serviceName: 'crew',
      logs: { level: 'info', otlp: { endpoint: endpoint.url } },
    });
    let ids = {};
    session('run', (run) =>
      tool('search', ({ span }) => {
        const { traceId, spanId } = span.spanContext();
        ids = { traceId, spanId };
        logger.warn({ hits: 3, err: new RangeError('too far') }, 'found');
        expect(run.traceId).toBe(traceId);
      }),
    );
    await client.flush();

    expect(endpoint.paths).toEqual(['/v1/logs']);
    expect(endpoint.records.map(({ body }) => body)).toEqual([
      expect.stringMatching(/^session .* started$/),
      'found',
      expect.stringMatching(/^session .* ended: Success$/),
    ]);
    expect(endpoint.records[1]).toMatchObject({
      severity: 'WARN',
      severityNumber: SeverityNumber.WARN,
      scope: 'agentops',
      ...ids,
      attributes: {
        hits: 3,
        'event.type': 'tools',
        'session.id': expect.any(String),
        'exception.type': 'RangeError',
        'exception.message': 'too far',
        'exception.stacktrace': expect.stringContaining('too far'),
      },
      resource: { 'service.name': 'crew' },
    });
  });

  it('are sent as JSON and over gRPC where that is asked for (T12)', async () => {
    const received: ReceivedRecord[] = [];
    const server = new GrpcServer();
    const raw = (bytes: Buffer): Buffer => bytes;
    server.addService(
      {
        Export: {
          path: '/opentelemetry.proto.collector.logs.v1.LogsService/Export',
          requestStream: false,
          responseStream: false,
          requestSerialize: raw,
          requestDeserialize: raw,
          responseSerialize: raw,
          responseDeserialize: raw,
        },
      },
      {
        Export: ((call, done) => {
          received.push(...decodeLogs(call.request));
          done(null, Buffer.alloc(0));
        }) satisfies handleUnaryCall<Buffer, Buffer>,
      },
    );
    const port = await new Promise<number>((resolve, reject) =>
      server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (error, bound) =>
        error ? reject(error) : resolve(bound),
      ),
    );
    init({ exporters: [], logs: { otlp: { endpoint: `127.0.0.1:${port}` } } });
    logger.error('over gRPC');
    await shutdown();
    server.forceShutdown();
    init({ exporters: [], logs: { otlp: { endpoint: endpoint.url, protocol: 'http/json' } } });
    logger.error('as JSON');
    await shutdown();

    expect(received.map(({ body }) => body)).toEqual(['over gRPC']);
    expect(endpoint.contentTypes).toEqual(['application/json']);
    expect(JSON.stringify(endpoint.json)).toContain('"body":{"stringValue":"as JSON"}');
  });

  it('of other loggers go the same way, until the shutdown', async () => {
    const client = init({ exporters: [], logs: { otlp: { endpoint: `${endpoint.url}/v1/logs` } } });
    await client.flush();
    logs.getLogger('theirs').emit({ body: 'from a library' });
    await client.shutdown();
    logs.getLogger('theirs').emit({ body: 'too late' });

    expect(endpoint.records.map(({ scope, body }) => [scope, body])).toEqual([['theirs', 'from a library']]);
    expect(endpoint.paths).toEqual(['/v1/logs']);
  });

  it("go to the application's own logger provider, where it has one", async () => {
    const memory = new InMemoryLogRecordExporter();
    const own = new LoggerProvider({ processors: [new SimpleLogRecordProcessor({ exporter: memory })] });
    logs.setGlobalLoggerProvider(own);
    const client = init({ exporters: [], logs: { otlp: { endpoint: endpoint.url } } });
    logger.error('lost it');
    await client.shutdown();

    expect(memory.getFinishedLogRecords()).toMatchObject([{ body: 'lost it', severityText: 'ERROR' }]);
    expect(endpoint.records).toEqual([]);
    expect(logs.getLoggerProvider()).toBe(own);
  });

  it('are sent when the program runs out of work, and keep it from ending no longer', async () => {
    const { code } = await runProgram('logging.ts', ['and runs out of work', endpoint.url]);

    expect(code).toBe(0);
    expect(endpoint.records.map(({ body }) => body)).toEqual(['last line']);
  });

  it('are flushed while others go on being written', async () => {
    const client = init({ exporters: [], batch: { size: 1 }, logs: { otlp: { endpoint: endpoint.url } } });
    let isWriting = true;
    const write = () => {
      logger.warn('on and on');
      if (isWriting) setImmediate(write);
    };
    write();
    await client.flush();
    isWriting = false;

    expect(endpoint.records.length).toBeGreaterThan(0);
  });

  it('wait for a destination that is busy', async () => {
    endpoint.answer(503, 503);
    const client = init({ exporters: [], retry, logs: { otlp: { endpoint: endpoint.url } } });
    logger.error('lost it');
    await client.flush();

    expect(endpoint.records.map(({ body }) => body)).toEqual(['lost it']);
    expect(written.filter((line) => line.includes('answered 503'))).toHaveLength(1);
  });

  it('that cannot be sent are counted and told of on standard error, and make no further records', async () => {
    const client = init({
      exporters: [],
      retry,
      logs: { otlp: { endpoint: `http://127.0.0.1:${await deadPort()}` } },
      onError: () => logger.error('told of an error'),
    });
    logger.error('lost it');
    await client.flush();
    await client.flush();

    expect(client.stats().errors).toEqual({ export_failed: 2, logs_dropped: 1 });
    expect(written.filter((line) => line.includes('log record was dropped'))).toHaveLength(1);
  });

  it('are tried once more at the shutdown, and waited for no longer', async () => {
    const waiting: InitOptions['retry'] = { initial: '1h', max: '1h' };
    const client = init({ exporters: [], retry: waiting, logs: { otlp: { endpoint: endpoint.url } } });
    endpoint.answer(503, 503);
    const warned = Promise.withResolvers<void>();
    vi.mocked(process.stderr.write).mockImplementation((text) => {
      if (String(text).includes('wait and are sent again')) warned.resolve();
      return true;
    });
    logger.warn('first');
    const flushed = client.flush();
    await warned.promise;
    const before = performance.now();
    await Promise.all([client.shutdown(60_000), flushed]);

    expect(performance.now() - before).toBeLessThan(5000);
    expect(client.stats().errors).toMatchObject({ logs_dropped: 1 });
    expect(endpoint.paths.length).toBeLessThanOrEqual(3);
  });

  it('do not hold up a shutdown that has a deadline', async () => {
    endpoint.answer(503, 503, 503, 503, 503, 503);
    const client = init({ exporters: [], logs: { otlp: { endpoint: endpoint.url } } });
    logger.error('lost it');
    const started = performance.now();
    await client.shutdown(50);

    expect(performance.now() - started).toBeLessThan(1500);
    expect(client.stats().errors.logs_dropped).toBe(1);
  });
});
