// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the notation of the file
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AgentOpsError } from 'agentops';
import { afterAll, describe, expect, it } from 'vitest';
import { resolveConfig } from '../../src/config/resolve.ts';

const directory = mkdtempSync(join(tmpdir(), 'agentops-config-'));
const file = join(directory, 'agentops.yaml');
afterAll(() => rmSync(directory, { recursive: true, force: true }));

/** The configuration of a program that is started beside a file of this text. */
function withFile(
  text: string,
  { env = {}, options = {} }: { env?: Record<string, string>; options?: object } = {},
) {
  writeFileSync(file, text);
  const { config, warnings } = resolveConfig(options, env, { cwd: directory });
  return { config, messages: warnings.map(({ message }) => message) };
}

const WHOLE = `
telemetry:
  service_name: research-crew
  resource: { deployment.environment.name: prod }
  sampling: { rate: 0.25, rules: [ { match: { tags: [vip] }, rate: 1.0 }, { match: { name: "health*" }, rate: 0 } ] }
  exporters:
    - { type: agentops, endpoint: "http://localhost:4600", api_key: "\${AGENTOPS_API_KEY}" }
    - { type: otlp, endpoint: "localhost:4317", protocol: grpc, compression: gzip, tls: { ca: ./ca.pem, cert: ./c.pem, key: ./k.pem } }
    - { type: jaeger }
    - { type: zipkin }
    - { type: postgres, url: "\${DATABASE_URL}", batch: { size: 1000, interval: 1s } }
    - { type: file, path: ./spans.jsonl }
  batch: { size: 512, interval: 1s, queue: 65536, queue_bytes: 64MiB, timeout: 10s }
  retry: { initial: 500ms, max: 30s, attempts: 8 }
  spool: { directory: ./.agentops/spool, max_bytes: 256MiB }
  context: { propagation: [w3c, b3], baggage: { hosts: ["*.internal"] } }
  content: { capture: true, max_length: 64KiB, redact: [secrets, emails] }
  metrics: { prometheus: { port: 9464 }, otlp: false }
  logs: { level: info, format: json }
  instrumentations: { openai: true, anthropic: true, openllmetry: auto, stream_usage: "*.internal" }
  prices: [{ model: "house-*", input: 0.2, output: 1, cache_read: 0.1, tiers: { priority: 2 } }]
  live: { interval: 5s }
  session: { mode: single, auto_start: true }
  processors: [ { module: ./my-processor.js } ]
`;

describe('T9 the file', () => {
  it('can say everything', () => {
    writeFileSync(
      join(directory, 'my-processor.js'),
      'module.exports = { onStart() {}, onEnd() {}, forceFlush: async () => {}, shutdown: async () => {} };',
    );
    const { config, messages } = withFile(WHOLE, {
      env: { AGENTOPS_API_KEY: 'k1', DATABASE_URL: 'postgres://u@db/x' },
    });
    const batch = { size: 512, interval: 1000, queue: 65_536, queueBytes: 64 * 1024 ** 2, timeout: 10_000 };
    const retry = { initial: 500, max: 30_000, attempts: 8 };

    expect(messages).toEqual([]);
    expect(config).toMatchObject({
      serviceName: 'research-crew',
      resource: { 'deployment.environment.name': 'prod' },
      sampling: {
        rate: 0.25,
        rules: [
          { match: { tags: ['vip'] }, rate: 1 },
          { match: { name: 'health*' }, rate: 0 },
        ],
      },
      batch,
      retry,
      spool: { directory: join(directory, '.agentops/spool/research-crew'), maxBytes: 256 * 1024 ** 2 },
      context: { propagation: ['w3c', 'b3'], baggage: { hosts: ['*.internal'] } },
      prices: [{ model: 'house-*', input: 0.2, output: 1, cacheRead: 0.1, tiers: { priority: 2 } }],
      content: { capture: true, maxLength: 64 * 1024, redact: ['secrets', 'emails'] },
      metrics: { prometheus: { host: '127.0.0.1', port: 9464 }, otlp: false },
      logs: { level: 'info', format: 'json' },
      instrumentations: { openai: true, anthropic: true, openllmetry: 'auto', streamUsage: ['*.internal'] },
      live: { interval: 5000 },
      session: { mode: 'single', autoStart: true },
      processors: [{ onStart: expect.any(Function) }],
    });
    const tls = {
      ca: join(directory, 'ca.pem'),
      cert: join(directory, 'c.pem'),
      key: join(directory, 'k.pem'),
    };
    expect(config.exporters).toEqual([
      { type: 'agentops', name: 'agentops', endpoint: 'http://localhost:4600', apiKey: 'k1', batch, retry },
      {
        ...{ type: 'otlp', name: 'otlp', endpoint: 'localhost:4317', protocol: 'grpc', compression: 'gzip' },
        ...{ tls, batch, retry },
      },
      {
        ...{ type: 'jaeger', name: 'jaeger', endpoint: 'http://localhost:4318', protocol: 'http/protobuf' },
        ...{ batch, retry },
      },
      { type: 'zipkin', name: 'zipkin', endpoint: 'http://localhost:9411/api/v2/spans', batch, retry },
      {
        type: 'postgres',
        name: 'postgres',
        url: 'postgres://u@db/x',
        batch: { ...batch, size: 1000 },
        retry,
      },
      { type: 'file', name: 'file', path: join(directory, 'spans.jsonl'), batch, retry },
    ]);
  });

  it('can have the earlier, shorter form', () => {
    const { config, messages } = withFile(`
telemetry:
  sampling:
    rate: 0.5
    rules: []
  exporters:
    - type: agentops
      endpoint: https://agentops.example
    - type: otlp
      endpoint: localhost:4317
  context:
    propagation: [b3, w3c]
`);

    expect(messages).toEqual([]);
    expect(config).toMatchObject({
      sampling: { rate: 0.5, rules: [] },
      exporters: [
        { type: 'agentops', endpoint: 'https://agentops.example' },
        { type: 'otlp', endpoint: 'localhost:4317', protocol: 'grpc' },
      ],
      context: { propagation: ['b3', 'w3c'] },
    });
  });

  it.each(['', '# nothing\n', 'telemetry:\n', 'x-anchors: { a: 1 }\n'])('may say nothing: %j', (text) => {
    expect(withFile(text)).toEqual({ config: resolveConfig({}, {}).config, messages: [] });
  });

  it('leaves keys of your own as they are', () => {
    const { config } = withFile(`
telemetry:
  resource: { my_team: a, myTeam: b }
  exporters: [ { type: otlp, headers: { x_tenant: t } } ]
  sampling: { rules: [ { match: { attributes: { user_tier: gold } }, rate: 1 } ] }
`);

    expect(config.resource).toEqual({ my_team: 'a', myTeam: 'b' });
    expect(config.exporters[0]).toHaveProperty('headers', { x_tenant: 't' });
    expect(config.sampling.rules[0]?.match.attributes).toEqual({ user_tier: 'gold' });
  });

  it('is found by name, by AGENTOPS_CONFIG, or not at all', () => {
    const other = join(directory, 'other.yaml');
    writeFileSync(file, 'telemetry: { service_name: beside }');
    writeFileSync(other, 'telemetry: { service_name: named }');
    const nameOf = (options: object, env = {}) =>
      resolveConfig(options, env, { cwd: directory }).config.serviceName;

    expect(nameOf({})).toBe('beside');
    expect(nameOf({}, { AGENTOPS_CONFIG: 'other.yaml' })).toBe('named');
    expect(nameOf({ configFile: other })).toBe('named');
    expect(nameOf({ configFile: false }, { AGENTOPS_CONFIG: other })).toBe('agentops');
  });

  it('stands below code and environment, above defaults', () => {
    const text = 'telemetry: { batch: { size: 1, interval: 2, queue: 3000, timeout: 4 } }';
    const env = {
      AGENTOPS_BATCH_SIZE: '10',
      OTEL_BSP_SCHEDULE_DELAY: '20',
      OTEL_BSP_MAX_EXPORT_BATCH_SIZE: '30',
    };

    expect(withFile(text, { env, options: { batch: { queue: 4000 } } }).config.batch).toMatchObject({
      size: 10,
      interval: 20,
      queue: 4000,
      timeout: 4,
    });
  });
});

describe('T9 variables in the file', () => {
  const env = { RATE: '0.5', ON: 'false', KEY: 'a: b # c', EMPTY: '', HOSTS: 'a,b' };

  it('stand for values of the type that is wanted, and never change the structure', () => {
    const { config, messages } = withFile(
      `
telemetry:
  service_name: "\${KEY}"
  sampling: { rate: "\${RATE}" }
  batch: { size: "\${SIZE:-64}", interval: "\${EMPTY:-2s}" }
  content: { capture: "\${ON}" }
  context: { baggage: { hosts: "\${HOSTS}" } }
  environment: "is-\${RATE}-$\${RATE}"
`,
      { env },
    );

    expect(messages).toEqual([]);
    expect(config).toMatchObject({
      serviceName: 'a: b # c',
      sampling: { rate: 0.5 },
      batch: { size: 64, interval: 2000 },
      content: { capture: false },
      context: { baggage: { hosts: ['a', 'b'] } },
      environment: 'is-0.5-${RATE}',
    });
  });

  it('that are not set leave the value out, and are reported with their place', () => {
    const { config, messages } = withFile('telemetry:\n  service_name: ${NAME}\n', { env });

    expect(config.serviceName).toBe('agentops');
    expect(messages).toEqual([
      `telemetry.service_name from ${file}:2:17: \${NAME} is not set; set it, or give a default: \${NAME:-default}; using 'agentops' (default)`,
    ]);
  });

  it('hold secrets of files, too', () => {
    const secret = join(directory, 'secret');
    writeFileSync(secret, 'k-from-file\n');
    const text =
      'telemetry: { exporters: [ { type: agentops, endpoint: "https://a.example", api_key: "${AGENTOPS_API_KEY}" } ] }';

    expect(withFile(text, { env: { AGENTOPS_API_KEY_FILE: secret } }).config.exporters[0]).toHaveProperty(
      'apiKey',
      'k-from-file',
    );
  });
});

describe('T9 mistakes in the file', () => {
  it.each<[string, string, string]>([
    [
      'a wrong value',
      'batch: { size: 0 }',
      `telemetry.batch.size = 0 from ${file}:2:18: expected a whole number from 1 to 10000`,
    ],
    [
      'a wrong unit',
      'batch: { interval: 5parsecs }',
      `interval = '5parsecs' from ${file}:2:22: expected a duration`,
    ],
    [
      'an unknown key',
      'batch: { sise: 3 }',
      'telemetry.batch.sise from FILE:2:12: unknown option; did you mean "batch.size"?',
    ],
    [
      'a key as in code',
      'serviceName: x',
      'telemetry.serviceName from FILE:2:3: unknown option; did you mean "service_name"?',
    ],
    ['where the file is', 'config_file: x', 'unknown option'],
    [
      'a function',
      'on_error: log',
      "telemetry.on_error = 'log' from FILE:2:13: expected a function; it can be set in code only",
    ],
    [
      'an object',
      'sampling: { sampler: mine }',
      'expected a Sampler (an object with shouldSample()); in a file, name a module: { module: ./x.js }',
    ],
  ])('%s is reported with its place, and what is below is used', (_kind, text, message) => {
    const { config, messages } = withFile(`telemetry:\n  ${text}\n`);

    expect(messages).toHaveLength(1);
    expect(messages[0]).toContain(message.replaceAll('FILE', file));
    expect(config).toEqual(resolveConfig({}, {}).config);
  });

  it('turn off the exporter they are in, and no other', () => {
    const { config, messages } = withFile(`
telemetry:
  exporters:
    - { type: otlp, endpoint: nowhere }
    - { type: otlp, batch: { sise: 4 } }
    - { type: zipkin, endpoint: "http://z.example", token: geheim }
    - { type: console, name: shown }
    - { type: console, name: shown }
    - { type: otlp, endpoint: "https://o.example", tls: { cert: ./c.pem } }
`);

    expect(config.exporters).toMatchObject([{ type: 'console', name: 'shown' }]);
    expect(messages).toHaveLength(5);
    for (const message of messages)
      expect(message).toMatch(/agentops\.yaml:\d+:\d+: .*(this exporter is off|left out)$/);
    expect(messages.join('\n')).toContain('credentials would travel in plain text to z.example');
    expect(messages.join('\n')).toContain('mutual TLS needs tls.key as well');
    expect(messages.join('\n')).not.toContain('geheim');
  });

  it.each([
    'content: { redact: [secrets, { pattern: "(" }] }',
    'content: { redact: [{ module: ./none.js }] }',
  ])('record no content where they are about redaction: %s', (text) => {
    const { config, messages } = withFile(`telemetry:\n  ${text}\n`);

    expect(config.content.capture).toBe(false);
    expect(messages[0]).toContain('content is not recorded until this is put right');
  });

  it('of syntax leave nothing of it in force', () => {
    const { config, messages } = withFile('telemetry:\n  service_name: x\n  batch: { size: 3\n');

    expect(config.serviceName).toBe('agentops');
    expect(messages[0]).toMatch(/agentops\.yaml:\d+:\d+: .*nothing of the file is used/);
  });

  it('throw where strict is asked for', () => {
    const text = 'telemetry:\n  batch: { size: 0 }\n';

    for (const given of [{ options: { strict: true } }, { env: { AGENTOPS_STRICT: 'true' } }]) {
      expect(() => withFile(text, given)).toThrow(AgentOpsError);
    }
    expect(() => withFile(`${text}  strict: true\n`)).toThrow('telemetry.batch.size = 0');
  });

  it('such as a missing file throw from code and are reported from the environment', () => {
    const missing = join(directory, 'missing.yaml');

    expect(() => resolveConfig({ configFile: missing }, {})).toThrow(
      /configFile = '.*missing\.yaml': cannot be read/,
    );
    expect(resolveConfig({}, { AGENTOPS_CONFIG: missing }).warnings[0]?.message).toMatch(
      /missing\.yaml' from environment variable AGENTOPS_CONFIG: cannot be read/,
    );
  });

  it('cannot fill the memory by anchors', () => {
    const rows = Array.from(
      { length: 9 },
      (_, n) => `  a${n + 1}: &a${n + 1} [${Array(9).fill(`*a${n}`).join(', ')}]`,
    );
    const { config } = withFile(
      `x-bomb:\n  a0: &a0 [x]\n${rows.join('\n')}\ntelemetry:\n  processors: *a9\n`,
    );

    expect(config.processors).toEqual([]);
  });
});

describe('T2 modules in the file', () => {
  const exporter = 'export(spans, done) { done({ code: 0 }); } async shutdown() {}';

  it.each<[string, string, string]>([
    ['an object', 'mjs', `export default { ${exporter.replace('} async', '}, async')} };`],
    [
      'a class',
      'mjs',
      `export default class Mine { constructor(options) { this.options = options; } ${exporter} }`,
    ],
    [
      'a function',
      'cjs',
      `module.exports = (options) => new (class Mine { options = options; ${exporter} })();`,
    ],
  ])('may export %s', (kind, ending, source) => {
    const name = `exporter-${kind.replaceAll(' ', '-')}.${ending}`;
    writeFileSync(join(directory, name), source);
    const { config, messages } = withFile(
      `telemetry: { exporters: [ { type: custom, exporter: { module: ./${name}, options: { my_key: 1 } } } ] }`,
    );

    expect(messages).toEqual([]);
    expect(config.exporters).toMatchObject([{ type: 'custom', exporter: { export: expect.any(Function) } }]);
    if (kind !== 'an object') expect(config.exporters[0]).toHaveProperty('exporter.options', { my_key: 1 });
  });

  it.each<[string, string, string]>([
    ['waits.mjs', 'await null; export default {};', 'it uses await at its top level, and init does not wait'],
    [
      'wrong.mjs',
      'export default 7;',
      'its default export is neither a SpanProcessor nor a function or class',
    ],
    ['throws.mjs', 'throw new Error("no luck");', 'no luck'],
  ])('that cannot be used are reported and left out: %s', (name, source, reason) => {
    writeFileSync(join(directory, name), source);
    const { config, messages } = withFile(`telemetry: { processors: [ { module: ./${name} } ] }`);

    expect(config.processors).toEqual([]);
    expect(messages[0]).toContain(reason);
    expect(() => resolveConfig({ processors: [{ module: `./${name}` }] }, {}, { cwd: directory })).toThrow(
      reason,
    );
  });
});
