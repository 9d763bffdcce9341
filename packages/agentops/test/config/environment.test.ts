import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { resolveConfig } from '../../src/config/resolve.ts';

const directory = mkdtempSync(join(tmpdir(), 'agentops-environment-'));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

/** The configuration of a program with these variables and no file. */
function withEnvironment(env: Record<string, string>, options: object = {}) {
  const { config, warnings } = resolveConfig({ configFile: false, ...options }, env);
  return { config, messages: warnings.map(({ message }) => message) };
}

function secretFile(name: string, content: string): string {
  const file = join(directory, name);
  writeFileSync(file, content);
  return file;
}

describe('T9 AGENTOPS_* variables', () => {
  it.each<[string, string, object]>([
    ['AGENTOPS_BATCH_SIZE', '7', { batch: { size: 7 } }],
    ['AGENTOPS_BATCH_INTERVAL', '2s', { batch: { interval: 2000 } }],
    ['AGENTOPS_BATCH_QUEUE_BYTES', '1MiB', { batch: { queueBytes: 1024 ** 2 } }],
    ['AGENTOPS_RETRY_ATTEMPTS', '3', { retry: { attempts: 3 } }],
    ['AGENTOPS_SPOOL_MAX_BYTES', '10MB', { spool: { maxBytes: 10_000_000 } }],
    ['AGENTOPS_SPOOL', 'false', { spool: false }],
    ['AGENTOPS_SAMPLING_RATE', '0.5', { sampling: { rate: 0.5 } }],
    [
      'AGENTOPS_SAMPLING_KEEP_ERRORS',
      'true',
      { sampling: { keep: { errors: true, maxBytes: 32 * 1024 ** 2 } } },
    ],
    ['AGENTOPS_CONTEXT_PROPAGATION', 'b3, w3c', { context: { propagation: ['b3', 'w3c'] } }],
    ['AGENTOPS_CONTEXT_BAGGAGE_HOSTS', '*.internal', { context: { baggage: { hosts: ['*.internal'] } } }],
    ['AGENTOPS_REDACT', 'secrets,cards', { content: { redact: ['secrets', 'cards'] } }],
    ['AGENTOPS_REDACT', 'false', { content: { redact: [] } }],
    ['AGENTOPS_LIVE_INTERVAL', '1s', { live: { interval: 1000 } }],
    ['AGENTOPS_LIVE', 'false', { live: false }],
    ['AGENTOPS_METRICS_PROMETHEUS', 'true', { metrics: { prometheus: { host: '127.0.0.1', port: 9464 } } }],
    ['AGENTOPS_METRICS_PROMETHEUS_PORT', '9000', { metrics: { prometheus: { port: 9000 } } }],
    ['AGENTOPS_LOG_FORMAT', 'json', { logs: { format: 'json' } }],
    ['AGENTOPS_RESOURCE', 'team=a,region=eu', { resource: { team: 'a', region: 'eu' } }],
    ['AGENTOPS_INSTRUMENTATIONS_OPENLLMETRY', 'auto', { instrumentations: { openllmetry: 'auto' } }],
    ['AGENTOPS_EXPORTERS', 'agentops,jaeger', { exporters: [{ type: 'agentops' }, { type: 'jaeger' }] }],
    ['AGENTOPS_EXPORTERS', 'none', { exporters: [] }],
    ['AGENTOPS_STREAM_USAGE', 'true', { instrumentations: { streamUsage: true } }],
    [
      'AGENTOPS_STREAM_USAGE',
      '*.internal,llm.test',
      { instrumentations: { streamUsage: ['*.internal', 'llm.test'] } },
    ],
    [
      'AGENTOPS_PRICES',
      'house-*=2.5/10, free=0/0',
      {
        prices: [
          { model: 'house-*', input: 2.5, output: 10 },
          { model: 'free', input: 0, output: 0 },
        ],
      },
    ],
  ])('%s=%s is heard', (name, value, expected) => {
    const { config, messages } = withEnvironment({ [name]: value });

    expect(config).toMatchObject(expected);
    expect(messages).toEqual([]);
  });

  it('fill exporters that name no destination of their own, and those alone', () => {
    const { config, messages } = withEnvironment({
      AGENTOPS_EXPORTERS: 'otlp,file,postgres',
      AGENTOPS_OTLP_ENDPOINT: 'https://o.example',
      AGENTOPS_OTLP_TOKEN: 't1',
      AGENTOPS_FILE_PATH: '/spans.jsonl',
      AGENTOPS_POSTGRES_HOST: 'db',
      PGDATABASE: 'other',
    });

    expect(messages).toEqual([]);
    expect(config.exporters).toMatchObject([
      { type: 'otlp', endpoint: 'https://o.example', token: 't1' },
      { type: 'file', path: '/spans.jsonl' },
      { type: 'postgres', host: 'db' },
    ]);
    expect(config.exporters[2]).not.toHaveProperty('database');
    const own = { exporters: [{ type: 'otlp', endpoint: 'https://own.example' }] };
    expect(withEnvironment({ AGENTOPS_OTLP_TOKEN: 't1' }, own).config.exporters[0]).not.toHaveProperty(
      'token',
    );
  });

  it('say how a PostgreSQL is written to, which code and the file can as well', () => {
    const options = { table: 'traces', migrate: false, rollups: false, anyTime: true };
    const url = 'postgres://u:p@/db?host=/run/postgresql';
    const env = {
      AGENTOPS_EXPORTERS: 'postgres',
      AGENTOPS_POSTGRES_URL: url,
      AGENTOPS_POSTGRES_TABLE: 'traces',
      AGENTOPS_POSTGRES_MIGRATE: 'false',
      AGENTOPS_POSTGRES_ROLLUPS: '0',
      AGENTOPS_POSTGRES_ANY_TIME: 'true',
    };

    for (const given of [
      withEnvironment(env),
      withEnvironment({}, { exporters: [{ type: 'postgres', url, ...options }] }),
    ]) {
      expect(given.messages).toEqual([]);
      expect(given.config.exporters).toMatchObject([{ type: 'postgres', url, ...options }]);
    }
  });

  it.each(['postgres://', 'postgres:///db', 'postgresql://:5433/db', 'postgres://u:p@[::1]:1/db'])(
    'take what libpq takes for a URL: %s',
    (url) => {
      expect(
        withEnvironment({ AGENTOPS_EXPORTERS: 'postgres', AGENTOPS_POSTGRES_URL: url }).messages,
      ).toEqual([]);
    },
  );

  it.each(['mysql://u@db/x', 'postgres://u:50%/x@db/x', 'db/x'])('take no other URL: %s', (url) => {
    expect(
      withEnvironment({ AGENTOPS_EXPORTERS: 'postgres', AGENTOPS_POSTGRES_URL: url }).messages[0],
    ).toContain('expected a postgres:// URL');
  });

  it('say how credentials may travel in plain text, where that is meant', () => {
    const env = {
      OTEL_TRACES_EXPORTER: 'otlp',
      OTEL_EXPORTER_OTLP_ENDPOINT: 'http://collector:4318',
      OTEL_EXPORTER_OTLP_HEADERS: 'x-key=k1',
    };

    expect(withEnvironment(env).messages[0]).toContain('set insecure: true (AGENTOPS_OTLP_INSECURE=true)');
    expect(withEnvironment({ ...env, AGENTOPS_OTLP_INSECURE: 'true' })).toMatchObject({
      config: { exporters: [{ endpoint: 'http://collector:4318', headers: { 'x-key': 'k1' } }] },
      messages: [],
    });
  });

  it('hold secrets in files', () => {
    const env = {
      AGENTOPS_API_KEY_FILE: secretFile('key', 'k1\n'),
      AGENTOPS_EXPORTERS: 'agentops,postgres',
      AGENTOPS_POSTGRES_URL_FILE: secretFile('url', 'postgres://u:p@db/x'),
    };

    expect(withEnvironment(env).config.exporters).toMatchObject([
      { apiKey: 'k1' },
      { url: 'postgres://u:p@db/x' },
    ]);
    expect(withEnvironment({ AGENTOPS_API_KEY_FILE: join(directory, 'none') }).messages[0]).toMatch(
      /apiKey from environment variable AGENTOPS_API_KEY_FILE .*cannot be read/,
    );
  });

  it('leave the blanks at the ends of passwords, in files as well', () => {
    for (const AGENTOPS_POSTGRES of [
      { AGENTOPS_POSTGRES_PASSWORD: ' p ' },
      { AGENTOPS_POSTGRES_PASSWORD_FILE: secretFile('password', ' p \r\n') },
    ]) {
      const env = { AGENTOPS_EXPORTERS: 'postgres', AGENTOPS_POSTGRES_HOST: 'db', ...AGENTOPS_POSTGRES };
      expect(withEnvironment(env).config.exporters).toMatchObject([{ host: 'db', password: ' p ' }]);
    }
  });

  it('that are misspelt are answered with the nearest, others left alone', () => {
    const { messages } = withEnvironment({
      AGENTOPS_BATCHSIZE: '7',
      AGENTOPS_DATABASE_SHARDS: '4',
      OTHER: 'x',
    });

    expect(messages).toEqual(['AGENTOPS_BATCHSIZE: unknown variable; did you mean "AGENTOPS_BATCH_SIZE"?']);
  });
});

describe('T9 OTEL_* variables', () => {
  it.each<[string, Record<string, string>, object]>([
    [
      'a sampler',
      { OTEL_TRACES_SAMPLER: 'traceidratio', OTEL_TRACES_SAMPLER_ARG: '0.25' },
      { sampling: { rate: 0.25 } },
    ],
    ['no sampling', { OTEL_TRACES_SAMPLER: 'parentbased_always_off' }, { sampling: { rate: 0 } }],
    [
      'propagators',
      { OTEL_PROPAGATORS: 'tracecontext,baggage,b3' },
      { context: { propagation: ['w3c', 'b3'] } },
    ],
    [
      'exporters',
      { OTEL_TRACES_EXPORTER: 'otlp,console' },
      { exporters: [{ type: 'otlp' }, { type: 'console' }] },
    ],
    ['no exporter', { OTEL_TRACES_EXPORTER: 'none' }, { exporters: [] }],
    [
      'our exporter before theirs',
      { OTEL_TRACES_EXPORTER: 'otlp', AGENTOPS_API_KEY: 'k1' },
      { exporters: [{ type: 'agentops' }] },
    ],
    [
      'an OTLP endpoint',
      {
        OTEL_TRACES_EXPORTER: 'otlp',
        OTEL_EXPORTER_OTLP_ENDPOINT: 'https://o.example',
        OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc',
        OTEL_EXPORTER_OTLP_HEADERS: 'x-key=k%201',
        OTEL_EXPORTER_OTLP_COMPRESSION: 'gzip',
        OTEL_EXPORTER_OTLP_CERTIFICATE: '/ca.pem',
        OTEL_EXPORTER_OTLP_TRACES_TIMEOUT: '2500',
        OTEL_EXPORTER_OTLP_TIMEOUT: '9',
      },
      {
        exporters: [
          {
            endpoint: 'https://o.example',
            protocol: 'grpc',
            headers: { 'x-key': 'k 1' },
            compression: 'gzip',
            tls: { ca: '/ca.pem' },
            batch: { timeout: 2500 },
          },
        ],
      },
    ],
    [
      'a Zipkin endpoint',
      { OTEL_TRACES_EXPORTER: 'zipkin', OTEL_EXPORTER_ZIPKIN_ENDPOINT: 'http://localhost:1/z' },
      { exporters: [{ endpoint: 'http://localhost:1/z' }] },
    ],
    [
      'metrics',
      { OTEL_METRICS_EXPORTER: 'prometheus', OTEL_EXPORTER_PROMETHEUS_PORT: '9000' },
      { metrics: { prometheus: { host: '127.0.0.1', port: 9000 }, otlp: false } },
    ],
    [
      'metrics by OTLP',
      { OTEL_METRICS_EXPORTER: 'otlp', OTEL_METRIC_EXPORT_INTERVAL: '5000' },
      { metrics: { prometheus: false, otlp: { interval: 5000, endpoint: 'http://localhost:4318' } } },
    ],
    [
      'settings of what is off',
      { OTEL_METRIC_EXPORT_INTERVAL: '5000' },
      { metrics: { prometheus: false, otlp: false } },
    ],
    ['a log level', { OTEL_LOG_LEVEL: 'VERBOSE' }, { logs: { level: 'debug' } }],
    ['a limit', { OTEL_ATTRIBUTE_VALUE_LENGTH_LIMIT: '4096' }, { content: { maxLength: 4096 } }],
    ['off', { OTEL_SDK_DISABLED: 'true' }, { disabled: true }],
  ])('are heard: %s', (_kind, env, expected) => {
    const { config, messages } = withEnvironment(env);

    expect(messages).toEqual([]);
    expect(config).toMatchObject(expected);
  });

  it.each<[string, string, string]>([
    ['OTEL_TRACES_SAMPLER', 'jaeger_remote', 'expected one of always_on, always_off, traceidratio'],
    ['OTEL_PROPAGATORS', 'tracecontext,xray', 'expected a list of tracecontext, baggage, b3, b3multi, none'],
    ['OTEL_TRACES_EXPORTER', 'kafka', 'expected a list of otlp, console'],
    ['OTEL_METRICS_EXPORTER', 'console', 'expected a list of otlp, prometheus, none'],
  ])('that cannot be honoured are reported with what can: %s=%s', (name, value, accepted) => {
    const { config, messages } = withEnvironment({ [name]: value });

    expect(config).toEqual(withEnvironment({}).config);
    expect(messages).toHaveLength(1);
    expect(messages[0]).toContain(`environment variable ${name}: ${accepted}`);
  });

  it('are reported once, however many exporters read them', () => {
    const { messages } = withEnvironment({
      AGENTOPS_EXPORTERS: 'otlp,otlp',
      OTEL_EXPORTER_OTLP_PROTOCOL: 'http/carrier-pigeon',
    });

    expect(messages).toHaveLength(1);
  });
});

describe('T9 values that do not go together', () => {
  it('throw where code has all of them', () => {
    const options = { batch: { size: 100, queue: 10 } };

    expect(() => withEnvironment({}, options)).toThrow(
      'batch.size = 100: more than batch.queue, which is 10',
    );
    expect(() => withEnvironment({}, { retry: { initial: '10s', max: '1s' } })).toThrow(
      'more than retry.max',
    );
    expect(() => withEnvironment({}, { exporters: [{ type: 'otlp', tls: { cert: '/c' } }] })).toThrow(
      'tls.key',
    );
    expect(() =>
      withEnvironment(
        {},
        {
          exporters: [
            { type: 'console', name: 'a' },
            { type: 'file', path: 'x', name: 'a' },
          ],
        },
      ),
    ).toThrow("exporters.1.name = 'a': another exporter has this name");
  });

  it('are reported and brought into line where somebody else has set one of them', () => {
    const { config, messages } = withEnvironment({ AGENTOPS_BATCH_QUEUE: '10' }, { batch: { size: 100 } });

    expect(messages[0]).toContain('more than batch.queue');
    expect(config.batch).toMatchObject({ size: 10, queue: 10 });
  });

  it.each(['otlp', 'jaeger', 'zipkin'])('are credentials in plain text, for %s as well', (type) => {
    const endpoint = type === 'zipkin' ? 'http://z.example/api/v2/spans' : 'z.example:4317';
    const withToken = { type, endpoint, token: 't1' };

    expect(() => withEnvironment({}, { exporters: [withToken] })).toThrow(
      'credentials would travel in plain text',
    );
    expect(withEnvironment({}, { exporters: [{ ...withToken, insecure: true }] }).messages).toEqual([]);
  });

  it('are none where names are numbered', () => {
    const exporters = [{ type: 'otlp' }, { type: 'otlp' }, { type: 'console', name: 'otlp-2' }];

    expect(withEnvironment({}, { exporters }).config.exporters.map(({ name }) => name)).toEqual([
      'otlp',
      'otlp-3',
      'otlp-2',
    ]);
  });
});
