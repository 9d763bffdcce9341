// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the notation of the file
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { explainConfig } from 'agentops/config';
import { afterAll, describe, expect, it } from 'vitest';
import { resolveConfig } from '../../src/config/resolve.ts';
import { withUsableDestinations } from '../../src/config/usable.ts';
import { readConfiguration } from '../../src/doctor/configuration.ts';

const directory = mkdtempSync(join(tmpdir(), 'agentops-messages-'));
const file = join(directory, 'agentops.yaml');
afterAll(() => rmSync(directory, { recursive: true, force: true }));

type Env = Record<string, string>;

/** What a program is told that is started beside this file. */
function started(telemetry: string, env: Env = {}) {
  writeFileSync(file, `telemetry:\n${telemetry}\n`);
  const { config, warnings } = withUsableDestinations(resolveConfig({}, env, { cwd: directory }));
  return { config, messages: warnings.map(({ message }) => message.replaceAll(`${directory}/`, '')) };
}

const names = ({ exporters }: ReturnType<typeof started>['config']) => exporters.map(({ name }) => name);

const NOTHING_LEFT = 'no exporter is left: nothing is exported';

describe('T9 items of a list', () => {
  it('keep their number when one before them is left out', () => {
    const { messages, config } = started(`  exporters:
    - { type: otlp, ednpoint: x }
    - { type: otlp, protocol: x }
    - { type: console }
    - ~
    - { type: otlp, token: "\${NO}" }
    - { type: otlp, endpoint: "https://o.example", tls: { ca: ./none.pem } }
    - { type: custom, exporter: { module: ./none.js } }
    - { type: otlp, endpoint: "http://x.example", token: a }`);

    expect(names(config)).toEqual(['console', 'otlp']);
    expect(messages.map((message) => /exporters\.\d[\w.]*|$/.exec(message)?.[0]).sort()).toEqual([
      'exporters.0.ednpoint',
      'exporters.1.protocol',
      'exporters.4.token',
      'exporters.5.tls.ca',
      'exporters.6.exporter',
      'exporters.7.endpoint',
    ]);
  });

  it('are one where one text stands for the list', () => {
    const { config, messages } = started(
      '  context: { propagation: b3, baggage: { hosts: "*.internal" } }\n  content: { redact: emails }\n  instrumentations: { openllmetry: langchain }',
    );

    expect(messages).toEqual([]);
    expect(config.context).toMatchObject({ propagation: ['b3'], baggage: { hosts: ['*.internal'] } });
    expect(config.content.redact).toEqual(['emails']);
    expect(config.instrumentations.openllmetry).toEqual(['langchain']);
  });

  it('leave the default where none of the texts is right', () => {
    const { config } = started('  context: { propagation: [b4] }');
    expect(config.context.propagation).toEqual(['w3c']);
  });
});

describe('T9 messages say what is missing, meant and accepted', () => {
  it.each<[string, string]>([
    ['exporters: [{ type: file }]', 'exporters.0.path from agentops.yaml:2:15: path is required'],
    ['exporters: [{ type: custom }]', 'exporter is required: expected a SpanExporter'],
    ['exporters: [{ endpoint: "https://x.example" }]', 'type is required: expected one of agentops, otlp'],
    ['exporters: [{ type: agentop }]', 'did you mean "agentops"?'],
    ['exporters: [{ type: otpl }]', 'did you mean "otlp"?'],
    ['exporters: [otlp]', 'such as { type: otlp }'],
    ['exporters: [{ type: console, path: x }]', 'unknown option; accepted: name, batch, retry'],
    [
      'sampling: { rules: [{ match: { tags: [vip] } }] }',
      'rules.0.rate from agentops.yaml:2:23: rate is required',
    ],
    [
      'sampling: { rate: 2 }',
      'rate = 2 from agentops.yaml:2:21: expected a number from 0 to 1; using 1 (default)',
    ],
    ['context: { propagation: 7 }', 'expected a list, such as [w3c, b3]'],
    ['service_name: 7', 'expected a text (put quotes around it)'],
    ['disabled: "true"', 'expected true or false (without quotes)'],
    ['session: { mode: singel }', 'expected one of single, multi; did you mean "single"?'],
    ['spool: true', 'expected false, or options (directory, max_bytes); left out'],
    ['metrics: { readers: [x] }', 'expected a list of metric readers; it can be set in code only'],
    [
      'retry: { initial: 40s, max: 1s }',
      'initial = 40s from agentops.yaml:2:21: more than retry.max, which is 1s; using 1s',
    ],
    [
      'content: { redact: secretz }',
      'redact.0 = \'secretz\' from agentops.yaml:2:22: expected secrets, emails, cards, { pattern }, { keys }, { module } or a function; did you mean "secrets"?',
    ],
    [
      'content: { redact: [secrets, { pattern: "(" }] }',
      "redact.1.pattern = '(' from agentops.yaml:2:43: expected a regular expression; Invalid regular expression: /(/",
    ],
    ['prices: [{ model: house }]', 'prices.0.input from agentops.yaml:2:'],
    [
      'prices: [{ model: a, input: -1, output: 1 }]',
      'prices.0.input = -1 from agentops.yaml:2:31: expected USD for a million tokens, 0 or more',
    ],
    [
      'prices: [{ model: a, input: 1, output: 1, cached: 1 }]',
      'prices.0.cached from agentops.yaml:2:45: unknown option',
    ],
    [
      'instrumentations: { stream_usage: 7 }',
      'stream_usage = 7 from agentops.yaml:2:37: expected true, false, or a list of hosts',
    ],
    [
      'content: { redact: [{ key: a }] }',
      'redact.0.key from agentops.yaml:2:25: unknown option; did you mean "keys"?',
    ],
  ])('%s', (telemetry, message) => {
    expect(started(`  ${telemetry}`).messages[0]).toContain(message);
  });

  it.each<[string, string, string]>([
    [
      'AGENTOPS_REDACT',
      'emails,secretz',
      '\'secretz\': expected secrets, emails, cards, { pattern }, { keys }, { module } or a function; did you mean "secrets"?; content is not recorded',
    ],
    ['AGENTOPS_EXPORTERS', 'otpl', 'did you mean "otlp"?; using agentops (default)'],
    ['AGENTOPS_PRICES', 'house=2', 'expected a list of model=input/output, in USD for a million tokens'],
    ['AGENTOPS_CONTEXT_PROPAGATION', 'w3c,b4', "'b4': expected one of w3c, b3, b3multi"],
    ['AGENTOPS_CONFIG', 'none.yaml', "open 'none.yaml'; no file is read"],
  ])('%s=%s', (name, value, message) => {
    expect(started('  service_name: a', { [name]: value }).messages[0]).toContain(message);
  });

  it('never in the words of the library that checks', () => {
    const wrong = ['7', 'x', 'true', '[7]', '{ x: 1 }', '-1', '""'];
    const keys = [
      'service_name',
      'resource',
      'exporters',
      'processors',
      'sampling',
      'context',
      'session',
      'batch',
      'retry',
      'spool',
      'content',
      'live',
      'metrics',
      'logs',
      'instrumentations',
      'watch',
      'disabled',
      'api_key',
      'endpoint',
    ];
    const inner = [
      'exporters: [V]',
      'sampling: { rules: [V] }',
      'sampling: { rules: V }',
      'sampling: { keep: V }',
      'content: { redact: [V] }',
      'content: { redact: [{ pattern: V }] }',
      'metrics: { prometheus: { port: V } }',
      'exporters: [{ type: V }]',
      'exporters: [{ type: otlp, tls: V }]',
      'exporters: [{ type: otlp, batch: { size: V } }]',
      'session: { mode: V }',
      'context: { propagation: V }',
      'resource: { a: [V] }',
      'processors: [{ module: V, options: V }]',
    ];
    const texts = [...keys.map((key) => `${key}: V`), ...inner].flatMap((key) =>
      wrong.map((value) => key.replace('V', value)),
    );
    const messages = texts.flatMap((text) => started(`  ${text}`).messages);

    expect(messages.length).toBeGreaterThan(150);
    expect(
      messages.filter((message) =>
        /Invalid input|Too (small|big)|Invalid option|received|something else|undefined/.test(message),
      ),
    ).toEqual([]);
  });
});

describe('T9 what is used instead', () => {
  it('is not said to come from where the wrong value stands', () => {
    const { messages } = started(
      '  sampling: { keep: { errors: "yes" } }\n  metrics: { prometheus: { port: 99999 } }\n  batch: { interval: 5x }',
    );

    expect(messages.map((message) => /using .*$/.exec(message)?.[0])).toEqual([
      'using false (default)',
      'using 9464 (default)',
      'using 1s (default)',
    ]);
  });
});

describe('T9 variables that say where spans go', () => {
  it.each([
    ['{ type: postgres, url: "${DATABASE_URL}" }', 'exporters.0.url'],
    ['{ type: postgres, host: "${HOST}" }', 'exporters.0.host'],
    ['{ type: otlp, endpoint: "${HOST}:4317" }', 'exporters.0.endpoint'],
    ['{ type: "${TYPE}" }', 'exporters.0.type'],
  ])('and are not set turn %s off', (exporter, path) => {
    const { config, messages } = started(`  exporters: [${exporter}, { type: console }]`);

    expect(names(config)).toEqual(['console']);
    expect(messages).toEqual([
      expect.stringMatching(`telemetry\\.${path} from .* is not set; set it, .*; this exporter is off`),
    ]);
  });

  it('turn off the default exporter, and metrics and logs', () => {
    const { config, messages } = started(
      '  endpoint: "${URL}"\n  metrics: { otlp: { endpoint: "${URL}" } }\n  logs: { otlp: { endpoint: "${URL}" } }',
    );

    expect(config).toMatchObject({ exporters: [], metrics: { otlp: false }, logs: { otlp: false } });
    expect(messages).toEqual([
      expect.stringContaining('agentops exporters without an endpoint of their own are off'),
      expect.stringContaining('metrics are not sent by OTLP'),
      expect.stringContaining('logs are not sent by OTLP'),
      NOTHING_LEFT,
    ]);
    expect(names(started('  endpoint: "${URL}"', { AGENTOPS_ENDPOINT: 'https://a.example' }).config)).toEqual(
      ['agentops'],
    );
  });

  it('count as left out where an empty default is given', () => {
    const { config, messages } = started('  exporters: [{ type: agentops, api_key: "${KEY:-}" }]');

    expect(messages).toEqual([]);
    expect(config.exporters).toMatchObject([{ type: 'agentops', endpoint: 'http://localhost:4600' }]);
    expect(config.exporters[0]).not.toHaveProperty('apiKey');
  });
});

describe('T9 no exporter that could be used', () => {
  it.each([
    'exporters: [{ type: otpl }]',
    'exporters: [{ type: custom, exporter: { module: ./none.js } }]',
    'exporters: [{ type: console, format: { module: ./none.js } }]',
    'exporters: [{ type: otlp, endpoint: "https://o.example", tls: { ca: ./none.pem } }]',
    'exporters: [{ type: otlp, endpoint: "http://o.example", token: a }]',
  ])('is told once: %s', (text) => {
    const { messages } = started(`  ${text}`);

    expect(messages).toHaveLength(2);
    expect(messages[1]).toBe(NOTHING_LEFT);
    expect(readConfiguration({}, file).problems).toContain(NOTHING_LEFT);
  });

  it.each([
    'exporters: []',
    'disabled: true',
    'disabled: true\n  exporters: [{ type: custom, exporter: { module: ./none.js } }]',
  ])('is as it was asked for: %s', (text) => expect(started(`  ${text}`).messages).toEqual([]));
});

describe('T9 agentops config', () => {
  it('checks what init checks: modules and certificates', () => {
    writeFileSync(
      file,
      'telemetry:\n  processors: [{ module: ./none.js }]\n  exporters:\n    - { type: otlp, endpoint: "https://o.example", tls: { ca: ./none.pem } }\n    - { type: console, name: shown }\n',
    );
    const { warnings, entries } = explainConfig({ cwd: directory, env: {} });

    expect(warnings.map(({ message }) => message.replaceAll(`${directory}/`, ''))).toEqual([
      "telemetry.processors.0 = { module: ./none.js } from agentops.yaml:2:16: cannot be loaded: Cannot find module './none.js'; left out",
      expect.stringContaining('telemetry.exporters.0.tls.ca = "none.pem": ENOENT'),
    ]);
    expect(entries.find(({ path }) => path === 'exporters.0.name')).toEqual({
      path: 'exporters.0.name',
      value: 'shown',
      source: 'agentops.yaml:5:30',
    });
  });
});
