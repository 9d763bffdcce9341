import { readFileSync } from 'node:fs';
import { metrics } from '@opentelemetry/api';
import { InMemorySpanExporter } from '@opentelemetry/sdk-trace';
import { init, session, shutdown, tool } from 'agentops';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { Reporter } from '../../../src/reporter.ts';
import { Deadline } from '../../../src/telemetry/deadline.ts';
import { Metrics } from '../../../src/telemetry/metrics/metrics.ts';
import { deadPort } from '../../support/otlp-endpoint.ts';
import { type Sample, scrape } from '../../support/scrape.ts';

interface Rule {
  readonly alert: string;
  readonly expr: string;
  readonly annotations: { readonly summary: string; readonly description: string };
}

const DEPLOY = new URL('../../../../../deploy/prometheus/', import.meta.url);

const { groups } = read<{ groups: readonly { rules: readonly Rule[] }[] }>('alerts.yml');
const rules = groups.flatMap((group) => group.rules);

let exposed: readonly Sample[];

beforeAll(async () => {
  exposed = [...(await scrapeTraffic()), ...(await scrapeBudget())];
});

afterEach(() => metrics.disable());

function read<T>(file: string): T {
  return parse(readFileSync(new URL(file, DEPLOY), 'utf8'));
}

/** What a program exposes whose exporter cannot reach anything. */
async function scrapeTraffic(): Promise<readonly Sample[]> {
  const port = await deadPort();
  const client = init({
    logs: { level: 'silent' },
    exporters: [
      { type: 'agentops', endpoint: `http://127.0.0.1:${await deadPort()}` },
      new InMemorySpanExporter(),
    ],
    retry: { attempts: 1 },
    metrics: { prometheus: { port } },
  });
  await session('run', () => tool('search', () => 'found'));
  await client.flush();
  const { samples } = await scrape(port);
  await shutdown();
  return samples;
}

/** What a pipeline exposes whose memory is bounded. */
async function scrapeBudget(): Promise<readonly Sample[]> {
  const port = await deadPort();
  const config = {
    prometheus: { host: '127.0.0.1', port },
    otlp: false,
    readers: [],
    views: [],
    dimensions: [],
    cardinalityLimit: 100,
    olderNames: false,
  } as const;
  const bounded = new Metrics(config, { resource: {}, reporter: new Reporter({ level: 'silent' }) });
  bounded.observe({ lanes: [], activeSessions: () => 0, budget: { used: 5, limit: 10 } });
  const { samples } = await scrape(port);
  const deadline = new Deadline(1000);
  await bounded.shutdown(deadline);
  deadline.clear();
  return samples;
}

/** Of an expression: without the labels it selects and groups by. */
const metricsOf = (expr: string): string[] =>
  expr.replaceAll(/\{[^}]*\}|\bby \([^)]*\)/g, '').match(/\b(?:agentops|otel|gen_ai)_\w+/g) ?? [];

const labelsOf = (expr: string): string[] => [
  ...[...expr.matchAll(/\bby \(([^)]*)\)/g)].flatMap(([, list = '']) => list.split(/,\s*/)),
  ...[...expr.matchAll(/\{([^}]*)\}/g)].flatMap(([, list = '']) => list.match(/\w+(?=[!=]?[=~])/g) ?? []),
];

/** Prometheus adds the first two to whatever it scrapes. */
const ALWAYS = ['job', 'instance'];

describe('the alert rules for Prometheus (T10)', () => {
  it.each([
    ['export failures', 'agentops_export_failures_total'],
    ['a growing spool', 'agentops_spool_bytes'],
    ['delay', 'agentops_export_delay_bucket'],
    ['drops', 'agentops_spans_dropped_total'],
    ['memory', 'agentops_queue_bytes'],
    ['spans that end and are not delivered', 'agentops_spans_delivered_total'],
  ])('watch %s', (_what, metric) => {
    expect(rules.filter(({ expr }) => metricsOf(expr).includes(metric))).not.toEqual([]);
  });

  it.each(rules)('$alert asks for metrics and labels that a program exposes', ({ expr }) => {
    const names = metricsOf(expr);
    expect(names).not.toEqual([]);
    for (const name of names) {
      const samples = exposed.filter((sample) => sample.name === name);
      expect(samples, name).not.toEqual([]);
    }
    const known = new Set(
      exposed.filter(({ name }) => names.includes(name)).flatMap(({ labels }) => Object.keys(labels)),
    );
    expect(labelsOf(expr).filter((label) => !known.has(label) && !ALWAYS.includes(label))).toEqual([]);
  });

  it.each(rules)('$alert says what is the matter, why, and what to do', ({ annotations, expr }) => {
    expect(annotations.summary).toContain('{{ $labels.instance }}');
    expect(annotations.description).toMatch(/Do: |By reason: /);
    const used = [
      ...Object.values(annotations)
        .join(' ')
        .matchAll(/\$labels\.(\w+)/g),
    ].map(([, label]) => label);
    expect(used.filter((label) => !labelsOf(expr).includes(label ?? ''))).toEqual([]);
  });

  it('name every reason that spans are dropped for', () => {
    const reasons = new Set(
      exposed
        .filter(({ name }) => name === 'agentops_spans_dropped_total')
        .map(({ labels }) => labels.agentops_drop_reason),
    );
    const description = rules.find(({ alert }) => alert === 'AgentopsSpansDropped')?.annotations.description;
    for (const reason of reasons) if (reason !== 'filtered') expect(description).toContain(reason);
    expect(reasons.size).toBeGreaterThan(5);
  });

  it('are loaded by the example configuration, which scrapes where the endpoint is by default', () => {
    expect(read('prometheus.yml')).toMatchObject({
      rule_files: ['alerts.yml'],
      scrape_configs: [{ static_configs: [{ targets: ['127.0.0.1:9464'] }] }],
    });
  });
});
