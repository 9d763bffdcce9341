// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the notation of the file
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { configJsonSchema, explainConfig } from 'agentops/config';
import { Ajv } from 'ajv';
import { afterAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';

const cwd = mkdtempSync(join(tmpdir(), 'agentops-explain-'));
afterAll(() => rmSync(cwd, { recursive: true, force: true }));

const FILE = `
telemetry:
  service_name: crew
  exporters:
    - { type: agentops, endpoint: "https://a.example", api_key: s3cret-1, headers: { x-tenant: s3cret-2 } }
    - { type: postgres, url: "postgres://me:s3cret-3@db/x", tls: { mode: require } }
    - { type: otlp, token: "\${TOKEN}" }
  batch: { interval: 90s }
`;

function explained(env: Record<string, string> = { TOKEN: 's3cret-4', AGENTOPS_BATCH_SIZE: '64' }) {
  writeFileSync(join(cwd, 'agentops.yaml'), FILE);
  return explainConfig({ cwd, env });
}

describe('T9 the configuration in force', () => {
  it('is told with the source of each value', () => {
    const { entries, file, warnings } = explained();
    const sources = Object.fromEntries(entries.map(({ path, value, source }) => [path, [value, source]]));

    expect(warnings).toEqual([]);
    expect(file).toBe(join(cwd, 'agentops.yaml'));
    expect(sources).toMatchObject({
      service_name: ['crew', 'agentops.yaml:3:17'],
      'batch.size': [64, 'AGENTOPS_BATCH_SIZE'],
      'batch.interval': [90_000, 'agentops.yaml:8:22'],
      'batch.queue': [65_536, 'default'],
      'exporters.1.name': ['postgres', 'default'],
      'exporters.2.endpoint': ['http://localhost:4318', 'default'],
    });
  });

  it('never shows a secret', () => {
    const text = JSON.stringify(explained());

    expect(text).not.toContain('s3cret');
    expect(text).toContain('postgres://me:(hidden)@db/x');
  });

  it('has the shape of the file: read as one, it says the same', () => {
    const { lines, entries } = explained();
    writeFileSync(join(cwd, 'again.yaml'), lines.map(({ text }) => text).join('\n'));
    const again = explainConfig({ cwd, env: {}, configFile: 'again.yaml' });

    expect(again.warnings).toEqual([]);
    expect(again.entries.map(({ path, value }) => [path, value])).toEqual(
      entries.map(({ path, value }) => [path, value]),
    );
    expect(lines.map(({ text }) => text)).toContain('  batch:');
    expect(lines.find(({ text }) => text.includes('interval: 90s'))?.source).toBe('agentops.yaml:8:22');
  });
});

describe('T9 the JSON Schema of the file', () => {
  const published = JSON.parse(readFileSync(new URL('../../agentops.schema.json', import.meta.url), 'utf8'));
  const validate = new Ajv({ strict: false }).compile(published);

  it('is published as it is generated (agentops config --schema > agentops.schema.json)', () => {
    expect(published).toEqual(configJsonSchema());
  });

  it('accepts what the SDK accepts', () => {
    expect(validate(parse(FILE)), JSON.stringify(validate.errors)).toBe(true);
    expect(validate({ telemetry: { batch: { size: '${SIZE}', interval: '${I:-1s}' }, live: false } })).toBe(
      true,
    );
    expect(validate({ telemetry: { sampling: { sampler: { module: './s.js' } } } })).toBe(true);
  });

  it.each<object>([
    { telemetry: { batch: { sise: 1 } } },
    { telemetry: { serviceName: 'x' } },
    { telemetry: { batch: { interval: '1 parsec' } } },
    { telemetry: { exporters: [{ type: 'carrier-pigeon' }] } },
    { telemetry: { on_error: 'log' } },
    { telemetry: { config_file: 'x' } },
  ])('refuses what the SDK refuses: %j', (text) => {
    expect(validate(text)).toBe(false);
  });
});
