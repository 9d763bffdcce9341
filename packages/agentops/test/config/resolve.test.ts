import { homedir } from 'node:os';
import { join } from 'node:path';
import { InMemorySpanExporter } from '@opentelemetry/sdk-trace';
import { AgentOpsError, init, shutdown, startSession } from 'agentops';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { resolveConfig } from '../../src/config/resolve.ts';
import { startRecording } from '../support/recording.ts';

afterEach(async () => {
  vi.unstubAllEnvs();
  await shutdown();
});

/** The message of the error that `init` throws for `options`. */
function refusal(options: unknown): string {
  try {
    init(options as never);
  } catch (error) {
    if (error instanceof AgentOpsError && error.code === 'invalid_config') return error.message;
    throw error;
  }
  throw new Error('init took the options');
}

describe('wrong options in code', () => {
  it.each<[string, unknown, RegExp]>([
    ['a wrong type', { serviceName: 7 }, /serviceName = 7: .*expected a text/],
    ['an empty name', { serviceName: '' }, /serviceName = '': /],
    [
      'a wrong choice',
      { session: { mode: 'both' } },
      /session\.mode = 'both': expected one of single, multi/,
    ],
    ['a wrong log level', { logs: { level: 'loud' } }, /logs\.level = 'loud': /],
    ['a number out of range', { batch: { size: 0 } }, /batch\.size = 0: /],
    ['a fraction', { retry: { attempts: 1.5 } }, /retry\.attempts = 1\.5: /],
    ['a time no timer can wait', { batch: { interval: 1e10 } }, /batch\.interval = 10000000000: /],
    ['a text for a switch', { content: { capture: 'no' } }, /content\.capture = 'no': /],
    [
      'no URL',
      { endpoint: 'localhost:4600' },
      /endpoint = 'localhost:4600': expected an http:\/\/ or https:\/\/ URL/,
    ],
    ['no function', { onError: 'log' }, /onError = 'log': expected a function/],
    ['no attributes', { resource: ['a'] }, /resource = .*: .*expected names with values/],
    ['no list', { exporters: { type: 'console' } }, /exporters = .*: .*expected a list/],
    [
      'no processor',
      { processors: [{}] },
      /processors\.0 = .*: expected a SpanProcessor \(an object with onStart/,
    ],
    [
      'no sampler',
      { sampling: { sampler: {} } },
      /sampling\.sampler = .*: expected a Sampler \(an object with shouldSample\(\)\)/,
    ],
    [
      'no propagator',
      { context: { propagator: {} } },
      /context\.propagator = .*: expected a TextMapPropagator/,
    ],
    [
      'no exporter',
      { exporters: [{}] },
      /exporters\.0\.type: type is required: expected one of agentops, otlp, .*custom/,
    ],
    [
      'an unknown exporter',
      { exporters: [{ type: 'jagger' }] },
      /exporters\.0\.type = 'jagger': expected one of agentops, otlp, .*; did you mean "jaeger"\?/,
    ],
    [
      'a wrong exporter option',
      { exporters: [{ type: 'agentops', endpoint: 'nowhere' }] },
      /exporters\.0\.endpoint = 'nowhere': /,
    ],
    ['no spool options', { spool: true }, /spool = true: expected false, or options \(directory, maxBytes\)/],
    ['a spool of no size', { spool: { maxBytes: 0 } }, /spool\.maxBytes = 0: /],
    ['nothing at all', null, /expected an object of options/],
  ])('%s is refused by key and value', (_kind, options, message) => {
    expect(refusal(options)).toMatch(message);
  });

  it.each<[string, unknown, string]>([
    ['a misspelt key', { servicename: 'x' }, 'servicename: unknown option; did you mean "serviceName"?'],
    ['a misplaced key', { capture: false }, 'capture: unknown option; did you mean "content.capture"?'],
    [
      'a misspelt key further in',
      { batch: { sise: 5 } },
      'batch.sise: unknown option; did you mean "batch.size"?',
    ],
    [
      'a misspelt key of the spool',
      { spool: { maxbyte: 5 } },
      'spool.maxbyte: unknown option; did you mean "spool.maxBytes"?',
    ],
    [
      'a misspelt key of an exporter',
      { exporters: [{ type: 'agentops', apikey: 'k' }] },
      'exporters.0.apikey: unknown option; did you mean "apiKey"?',
    ],
    [
      'a key like no other',
      { zzzzzzzz: 1 },
      'zzzzzzzz: unknown option; accepted: apiKey, endpoint, insecure, serviceName',
    ],
  ])('%s is answered with the nearest name', (_kind, options, message) => {
    expect(refusal(options)).toContain(message);
  });

  it('are all named at once', () => {
    const message = refusal({ serviceName: 7, batch: { size: -1 }, bogus: true });

    expect(message).toContain('serviceName = 7');
    expect(message).toContain('batch.size = -1');
    expect(message).toContain('bogus: unknown option');
  });

  it.each([
    ['an API key', { apiKey: ['s3cret'] }],
    ["an exporter's API key", { exporters: [{ type: 'agentops', apiKey: { value: 's3cret' } }] }],
    ['a header', { exporters: [{ type: 'agentops', headers: { authorization: ['s3cret'] } }] }],
    ['a password in a URL', { endpoint: 'https://me:s3cret@example.org' }],
  ])('never show %s', (_kind, options) => {
    const message = refusal(options);
    expect(message).toContain('(hidden)');
    expect(message).not.toContain('s3cret');
  });

  it('leave nothing started', () => {
    refusal({ serviceName: 7 });

    expect(init({ exporters: [] }).stats().openSessions).toBe(0);
  });
});

describe('credentials over plain HTTP', () => {
  const endpoint = 'http://telemetry.example.org';

  it.each([
    ['a key', { endpoint, apiKey: 'k1' }],
    ['a header', { exporters: [{ type: 'agentops', endpoint, headers: { 'x-key': 'k1' } }] }],
  ])('are refused for %s', (_kind, options) => {
    expect(refusal(options)).toContain(
      'credentials would travel in plain text to telemetry.example.org; use https://, or set insecure: true',
    );
  });

  it.each([
    ['to loopback', { endpoint: 'http://127.0.0.1:4600', apiKey: 'k1' }],
    ['to loopback by name', { endpoint: 'http://localhost:4600', apiKey: 'k1' }],
    ['to loopback over IPv6', { endpoint: 'http://[::1]:4600', apiKey: 'k1' }],
    ['over HTTPS', { endpoint: 'https://telemetry.example.org', apiKey: 'k1' }],
    ['where there are none', { endpoint }],
    [
      'where that is asked for',
      { exporters: [{ type: 'agentops', endpoint, apiKey: 'k1', insecure: true }] },
    ],
  ])('are taken %s', (_kind, options) => {
    expect(resolveConfig(options, {}).warnings).toEqual([]);
  });

  it('switch the exporter off, with a warning, where they come from the environment', () => {
    const { config, warnings } = resolveConfig(
      {},
      { AGENTOPS_ENDPOINT: endpoint, AGENTOPS_API_KEY: 's3cret' },
    );

    expect(config.exporters).toEqual([]);
    expect(warnings).toHaveLength(1);
    expect(warnings[0]?.message).toMatch(/plain text to telemetry\.example\.org.*; this exporter is off/);
    expect(warnings[0]?.message).not.toContain('s3cret');
  });
});

describe('the API key', () => {
  it('goes to the endpoint it was given for, and to no other', () => {
    const { config } = resolveConfig(
      { exporters: [{ type: 'agentops' }, { type: 'agentops', endpoint: 'https://other.example' }] },
      { AGENTOPS_API_KEY: 'k1', AGENTOPS_ENDPOINT: 'https://a.example' },
    );

    expect(config.exporters).toMatchObject([
      { type: 'agentops', endpoint: 'https://a.example', apiKey: 'k1' },
      { type: 'agentops', endpoint: 'https://other.example' },
    ]);
    expect(config.exporters[1]).not.toHaveProperty('apiKey');
  });
});

describe('a destination in plain text', () => {
  it('is allowed where whoever deploys says so', () => {
    const { config, warnings } = resolveConfig(
      {},
      { AGENTOPS_ENDPOINT: 'http://10.0.0.7:4600', AGENTOPS_API_KEY: 'k1', AGENTOPS_INSECURE: 'true' },
    );

    expect(config.exporters).toMatchObject([{ endpoint: 'http://10.0.0.7:4600', apiKey: 'k1' }]);
    expect(warnings).toEqual([]);
  });
});

describe('the environment', () => {
  it.each<[string, string, object]>([
    ['AGENTOPS_SERVICE_NAME', 'shop', { serviceName: 'shop' }],
    ['OTEL_SERVICE_NAME', 'shop', { serviceName: 'shop' }],
    [
      'OTEL_RESOURCE_ATTRIBUTES',
      'service.name=shop,team=a%20b',
      { serviceName: 'shop', resource: { team: 'a b' } },
    ],
    ['AGENTOPS_ENVIRONMENT', 'staging', { environment: 'staging' }],
    [
      'AGENTOPS_ENDPOINT',
      'https://a.example',
      { exporters: [{ type: 'agentops', endpoint: 'https://a.example' }] },
    ],
    ['AGENTOPS_API_KEY', 'k1', { exporters: [{ type: 'agentops', apiKey: 'k1' }] }],
    ['AGENTOPS_INSECURE', 'true', { exporters: [{ type: 'agentops', insecure: true }] }],
    ['AGENTOPS_SESSION_MODE', 'multi', { session: { mode: 'multi', autoStart: true } }],
    ['AGENTOPS_CAPTURE_CONTENT', 'false', { content: { capture: false } }],
    ['OTEL_BSP_MAX_EXPORT_BATCH_SIZE', '7', { batch: { size: 7, queue: 65_536 } }],
    ['OTEL_BSP_SCHEDULE_DELAY', '7', { batch: { interval: 7 } }],
    ['OTEL_BSP_MAX_QUEUE_SIZE', '7', { batch: { queue: 7 } }],
    ['OTEL_BSP_EXPORT_TIMEOUT', '7', { batch: { timeout: 7 } }],
    ['AGENTOPS_LOG_LEVEL', 'debug', { logs: { level: 'debug' } }],
    ['AGENTOPS_DISABLED', 'true', { disabled: true }],
    ['OTEL_SDK_DISABLED', '1', { disabled: true }],
  ])('%s is heard', (name, value, expected) => {
    const { config, warnings } = resolveConfig({}, { [name]: value });

    expect(config).toMatchObject(expected);
    expect(warnings).toEqual([]);
  });

  it.each([
    ['AGENTOPS_SESSION_MODE', 'both', 'session.mode = "both"'],
    ['OTEL_BSP_MAX_EXPORT_BATCH_SIZE', 'many', 'batch.size = "many"'],
    ['OTEL_BSP_MAX_QUEUE_SIZE', '0', 'batch.queue = "0"'],
    ['AGENTOPS_CAPTURE_CONTENT', 'perhaps', 'content.capture = "perhaps"'],
    ['AGENTOPS_ENDPOINT', 'nowhere', 'endpoint = "nowhere"'],
    ['AGENTOPS_ENDPOINT', 'http://me:s3cret@a.example', 'endpoint = "http://me:(hidden)@a.example"'],
  ])('%s=%s warns with the variable and takes the default', (name, value, shown) => {
    const { config, warnings } = resolveConfig({}, { [name]: value });

    expect(config).toEqual(resolveConfig({}, {}).config);
    expect(warnings).toMatchObject([{ code: 'invalid_config' }]);
    expect(warnings[0]?.message).toContain(`${shown} from environment variable ${name}`);
    expect(warnings[0]?.message).toMatch(/; (using .* \(default\)|left out)$/);
  });

  it('warns through onError and never throws', () => {
    vi.stubEnv('AGENTOPS_SESSION_MODE', 'both');
    const { errors } = startRecording();

    expect(errors).toMatchObject([{ code: 'invalid_config' }]);
  });

  it('reaches the spans', async () => {
    vi.stubEnv('OTEL_SERVICE_NAME', 'from-environment');
    const recording = startRecording();
    startSession({ name: 'run' }).end();

    expect((await recording.span('run')).resource.attributes['service.name']).toBe('from-environment');
  });
});

describe('precedence', () => {
  const env = {
    AGENTOPS_SERVICE_NAME: 'agentops-name',
    OTEL_SERVICE_NAME: 'otel-name',
    OTEL_RESOURCE_ATTRIBUTES: 'team=environment,region=eu',
    OTEL_BSP_MAX_EXPORT_BATCH_SIZE: '7',
    OTEL_BSP_MAX_QUEUE_SIZE: '70',
    AGENTOPS_ENDPOINT: 'https://environment.example',
  };

  it('is code, AGENTOPS_*, OTEL_*, default', () => {
    expect(resolveConfig({ serviceName: 'code-name' }, env).config.serviceName).toBe('code-name');
    expect(resolveConfig({}, env).config.serviceName).toBe('agentops-name');
    expect(resolveConfig({}, { OTEL_SERVICE_NAME: 'otel-name' }).config.serviceName).toBe('otel-name');
    expect(resolveConfig({}, {}).config.serviceName).toBe('agentops');
  });

  it('is settled key by key within a group', () => {
    const { config } = resolveConfig({ batch: { size: 5 }, resource: { team: 'code' } }, env);

    expect(config.batch).toMatchObject({ size: 5, interval: 1000, queue: 70, timeout: 10_000 });
    expect(config.resource).toEqual({ team: 'code', region: 'eu' });
  });

  it('lets undefined in code hide nothing', () => {
    const { config } = resolveConfig(
      {
        serviceName: undefined,
        batch: { size: undefined },
        exporters: [{ type: 'agentops', endpoint: undefined }],
      },
      env,
    );

    expect(config.serviceName).toBe('agentops-name');
    expect(config.batch.size).toBe(7);
    expect(config.exporters).toMatchObject([{ type: 'agentops', endpoint: 'https://environment.example' }]);
  });

  it('replaces the list of exporters whole', () => {
    const exporter = new InMemorySpanExporter();

    expect(resolveConfig({}, {}).config.exporters).toMatchObject([
      { type: 'agentops', endpoint: 'http://localhost:4600' },
    ]);
    expect(resolveConfig({ exporters: [exporter] }, env).config.exporters).toMatchObject([
      { type: 'custom', name: 'InMemorySpanExporter', exporter },
    ]);
    expect(resolveConfig({ exporters: [] }, env).config.exporters).toEqual([]);
  });
});

describe('where the spool lies', () => {
  const directoryOf = (options: object, env: Record<string, string> = {}) => {
    const { spool } = resolveConfig(options, env).config;
    return spool === false ? undefined : spool.directory;
  };

  it('is the state directory of the user, else below their home', () => {
    expect(directoryOf({}, { XDG_STATE_HOME: '/state' })).toBe('/state/agentops/spool/agentops');
    for (const home of ['', 'relative']) {
      expect(directoryOf({}, { XDG_STATE_HOME: home })).toBe(
        join(homedir(), '.local/state/agentops/spool/agentops'),
      );
    }
  });

  it('is what code says, else the environment', () => {
    const env = { AGENTOPS_SPOOL_DIR: '/from-env' };

    expect(directoryOf({ spool: { maxBytes: 5 } }, env)).toBe('/from-env/agentops');
    expect(directoryOf({ spool: { directory: '/from-code' } }, env)).toBe('/from-code/agentops');
    expect(directoryOf({ spool: false }, env)).toBeUndefined();
  });

  it('is one folder for each service, whatever its name', () => {
    const names = ['shop', 'Shop 2', '..', '.', 'a/b', '\ud800', 'x'.repeat(500)];
    const folders = names.map((serviceName) => directoryOf({ serviceName, spool: { directory: '/spool' } }));

    for (const folder of folders) expect(folder).toMatch(/^\/spool\/[^/.]{1,255}$/);
    expect(new Set(folders).size).toBe(names.length);
  });
});

describe('objects of your own', () => {
  it('stay the very objects they are', () => {
    const processor = { onStart() {}, onEnd() {}, forceFlush: async () => {}, shutdown: async () => {} };
    const sampler = { shouldSample: () => ({ decision: 0 }), toString: () => 'none' };
    const exporter = { export() {}, shutdown: async () => {} };
    const { config } = resolveConfig(
      { processors: [processor], sampling: { sampler }, exporters: [exporter] },
      {},
    );

    expect(config.processors[0]).toBe(processor);
    expect(config.sampling.sampler).toBe(sampler);
    expect(config.exporters[0]).toHaveProperty('exporter', exporter);
    expect(Reflect.get(config.exporters[0] ?? {}, 'exporter')).toBe(exporter);
  });
});

describe('disabled', () => {
  it('loads no module', () => {
    const options = { disabled: true, processors: [{ module: './none.js' }] };

    expect(resolveConfig(options, {}).config.processors).toEqual([]);
  });
});
