import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { checkNode, checkPreloads } from '../../src/doctor/environment.ts';
import { checkClients, checkInstrumentations, checkProviders } from '../../src/doctor/neighbours.ts';
import { checkApi } from '../../src/doctor/opentelemetry-api.ts';
import { readInstalledPackages } from '../../src/doctor/packages.ts';

let directory: string;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'agentops-packages-'));
});

afterEach(() => rmSync(directory, { recursive: true, force: true }));

/** A package in a `node_modules` of the fixture. */
function install(name: string, version: string, below = '.'): string {
  const path = join(directory, below, 'node_modules', name);
  mkdirSync(path, { recursive: true });
  writeFileSync(join(path, 'package.json'), JSON.stringify({ name, version }));
  return path;
}

/** What is said of the API. */
function api() {
  return checkApi(readInstalledPackages(directory).all, directory);
}

describe('the packages that agentops doctor looks at', () => {
  it.each([
    { versions: ['1.10.0', '1.10.0'], status: 'ok', message: /2 copies of one version/ },
    { versions: ['1.10.0', '1.9.0'], status: 'warning', message: /1\.9\.0 in node_modules.lib/ },
    { versions: ['1.10.0', '0.24.0'], status: 'failure', message: /different major versions/ },
    { versions: ['1.8.0'], status: 'failure', message: /too old: 1\.8\.0/ },
    { versions: [], status: 'warning', message: /not installed/ },
  ])('OpenTelemetry API $versions: $status', ({ versions, status, message }) => {
    const [first, nested] = versions;
    if (first !== undefined) install('@opentelemetry/api', first);
    if (nested !== undefined) {
      install('lib', '1.0.0');
      install('@opentelemetry/api', nested, 'node_modules/lib');
    }

    expect(api()).toMatchObject({ status, message: expect.stringMatching(message) });
  });

  it('sees a linked copy once, and is not led in circles', () => {
    const path = install('@opentelemetry/api', '1.10.0');
    const workspace = join(directory, 'packages', 'app');
    mkdirSync(join(workspace, 'node_modules', '@opentelemetry'), { recursive: true });
    writeFileSync(join(workspace, 'package.json'), '{"name":"app","version":"1.0.0"}');
    symlinkSync(path, join(workspace, 'node_modules', '@opentelemetry', 'api'));
    symlinkSync(workspace, join(directory, 'node_modules', 'app'));
    symlinkSync(directory, join(workspace, 'node_modules', 'root'));

    expect(api()).toMatchObject({ status: 'ok', message: '1.10.0' });
  });

  it("includes those of pnpm's store", () => {
    const store = 'node_modules/.pnpm/lib@1.0.0';
    install('@opentelemetry/api', '1.10.0');
    const lib = install('lib', '1.0.0', store);
    install('@opentelemetry/api', '1.9.0', store);
    symlinkSync(lib, join(directory, 'node_modules', 'lib'));

    expect(api()).toMatchObject({ status: 'warning' });
  });

  it('get in each other’s way: second spans, other providers, preloads, versions', () => {
    install('openai', '4.0.0');
    install('@traceloop/instrumentation-openai', '0.20.0');
    install('@arizeai/openinference-instrumentation-anthropic', '0.1.0');
    install('@sentry/node', '10.0.0');
    install('@sentry/nextjs', '11.0.0');
    install('@opentelemetry/sdk-node', '0.301.0');
    const scripts = {
      dev: 'node --import agentops/register app.js',
      start: 'node --import @opentelemetry/auto-instrumentations-node/register app.js',
    };
    writeFileSync(join(directory, 'package.json'), JSON.stringify({ scripts }));
    const { all, project } = readInstalledPackages(directory);
    const checks = [
      ...checkClients(all),
      ...checkInstrumentations(all),
      ...checkProviders(all),
      ...checkPreloads({ NODE_OPTIONS: '--no-warnings --require dd-trace/init' }, project),
    ];
    const messages = checks.filter(({ status }) => status === 'warning').map(({ message }) => message);

    expect(messages).toEqual([
      expect.stringContaining('openai 4.0.0 is not among the versions'),
      '@traceloop/instrumentation-openai makes spans of openai calls as well',
      '@arizeai/openinference-instrumentation-anthropic makes spans of @anthropic-ai/sdk calls as well',
      '@sentry/node can register an OpenTelemetry provider of its own',
      '@opentelemetry/sdk-node can register an OpenTelemetry provider of its own',
      'NODE_OPTIONS loads dd-trace/init before the program',
      'script start loads @opentelemetry/auto-instrumentations-node/register before the program',
    ]);
    expect(checks.find(({ message }) => message.startsWith('@sentry'))?.advice).toContain(
      'agentopsSpanProcessor()',
    );
  });
});

describe('the Node that agentops doctor runs on', () => {
  it.each([
    ['22.15.0', 'ok'],
    ['26.10.0', 'ok'],
    ['22.14.9', 'failure'],
    ['20.19.0', 'failure'],
  ])('%s: %s', (version, status) => {
    expect(checkNode(version).status).toBe(status);
  });
});
