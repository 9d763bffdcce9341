import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { metrics } from '@opentelemetry/api';
import { type AgentOpsError, type InitOptions, init, shutdown } from 'agentops';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

let directory: string;
let errors: AgentOpsError[];

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'agentops-usable-'));
  errors = [];
});

afterEach(async () => {
  await shutdown();
  rmSync(directory, { recursive: true, force: true });
});

function start(options: InitOptions = {}) {
  return init({
    spool: false,
    logs: { level: 'silent' },
    onError: (error) => errors.push(error),
    ...options,
  });
}

/** A file of configuration below `telemetry:`. */
function fileWith(yaml: string): string {
  const path = join(directory, 'agentops.yaml');
  writeFileSync(path, `telemetry:\n${yaml}`);
  return path;
}

const SECURE = 'https://127.0.0.1:1';
const WITHOUT_CA =
  '  exporters:\n    - { type: otlp, endpoint: "https://o.example", tls: { ca: ./none.pem } }\n';

describe('T9, T12 certificates and headers that cannot be used', () => {
  it('throw at init where code names them, before anything listens or is registered', () => {
    const before = metrics.getMeterProvider();
    const options: InitOptions = {
      exporters: [{ type: 'otlp', endpoint: SECURE, tls: { ca: '/none.pem' } }],
      metrics: { prometheus: { port: 0 } },
    };

    expect(() => start(options)).toThrow(/exporters\.0\.tls\.ca = "\/none\.pem": ENOENT/);
    expect(metrics.getMeterProvider()).toBe(before);
    expect(() => start({ exporters: [] })).not.toThrow();
  });

  it('are reported with file and line, and that exporter is off, where the file names them', () => {
    const configFile = fileWith(`${WITHOUT_CA}    - { type: console }\n`);
    const client = start({ configFile });

    expect(Object.keys(client.stats().exporters)).toEqual(['console']);
    expect(errors.map(({ message }) => message)).toEqual([
      expect.stringMatching(
        /telemetry\.exporters\.0\.tls\.ca = ".*none\.pem": ENOENT.*agentops\.yaml:3:\d+\); this exporter is off/s,
      ),
    ]);
  });

  it('throw with strict, whoever names them', () => {
    expect(() => start({ configFile: fileWith(WITHOUT_CA), strict: true })).toThrow('none.pem');
  });

  it('do not keep a program from starting that has switched telemetry off', () => {
    const exporters = [{ type: 'otlp', endpoint: SECURE, tls: { ca: '/none.pem' } }] as const;

    expect(() => start({ exporters, disabled: true })).not.toThrow();
  });

  it.each([
    ['metrics', { metrics: { otlp: { endpoint: SECURE, tls: { ca: '/none.pem' } } } }],
    ['logs', { logs: { otlp: { endpoint: SECURE, tls: { ca: '/none.pem' } } } }],
  ] satisfies [string, InitOptions][])('throw for %s by OTLP as well', (group, options) => {
    expect(() => start({ exporters: [], ...options })).toThrow(`${group}.otlp.tls.ca = "/none.pem": ENOENT`);
  });

  it.each([
    ['an http:// endpoint', { endpoint: 'http://127.0.0.1:1' }],
    ['the default endpoint', {}],
  ])('are refused with %s, which would send in the clear', (_what, endpoint) => {
    expect(() => start({ exporters: [{ type: 'otlp', ...endpoint, tls: { ca: '/ca.pem' } }] })).toThrow(
      /exporters\.0\.tls\.ca: has no effect with http:.* give an https:\/\/ endpoint/,
    );
  });

  it('are no mistake in the variables of the standard, which are for all endpoints', () => {
    process.env.OTEL_EXPORTER_OTLP_CERTIFICATE = '/none.pem';
    try {
      start({ exporters: [{ type: 'otlp' }] });
      expect(errors).toEqual([]);
    } finally {
      delete process.env.OTEL_EXPORTER_OTLP_CERTIFICATE;
    }
  });

  it('are also keys that no header can carry, which stay out of the message', () => {
    const apiKey = 'k\u201d1';
    expect(() => start({ apiKey })).toThrow(
      /exporters\.0\.apiKey: it has characters that no header may have$/,
    );

    process.env.AGENTOPS_API_KEY = apiKey;
    try {
      start();
      expect(errors.map(({ message }) => message)).toEqual([
        'exporters.0.apiKey: it has characters that no header may have (AGENTOPS_API_KEY); this exporter is off',
        'no exporter is left: nothing is exported',
      ]);
    } finally {
      delete process.env.AGENTOPS_API_KEY;
    }
  });

  it('are told apart from ports that are none', () => {
    expect(() => start({ exporters: [{ type: 'otlp', endpoint: 'o.example:99999', token: 'k' }] })).toThrow(
      /exporters\.0\.endpoint = 'o\.example:99999': expected an http/,
    );
  });
});
