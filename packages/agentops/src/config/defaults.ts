import type { Layer } from './layers.ts';
import { Sources } from './source.ts';

const MIB = 1024 * 1024;

/** What holds where nobody says anything. */
export const DEFAULTS: Layer = {
  values: {
    serviceName: 'agentops',
    exporters: [{ type: 'agentops' }],
    sampling: { rate: 1, rules: [] },
    batch: { size: 512, interval: 1000, queue: 65_536, queueBytes: 64 * MIB, timeout: 10_000 },
    retry: { initial: 500, max: 30_000, attempts: 8 },
    spool: { maxBytes: 256 * MIB },
    context: {
      propagation: ['w3c'],
      hosts: ['*'],
      trustIncoming: 'internal',
      baggage: { hosts: [], attributes: [] },
    },
    content: { capture: true, redact: ['secrets'] },
    live: { interval: 5000, attributes: {} },
    session: { mode: 'single', autoStart: true, continueFromEnvironment: false, hostEnvironment: true },
    metrics: {
      prometheus: false,
      otlp: false,
      readers: [],
      views: [],
      dimensions: [],
      cardinalityLimit: 2000,
      olderNames: false,
    },
    logs: { level: 'warn', format: 'text', otlp: false },
    instrumentations: { openllmetry: false, streamUsage: false },
    prices: [],
    strict: false,
    watch: false,
    disabled: false,
  },
  sources: new Sources(),
};

/** Endpoints of exporters that name none. */
export const ENDPOINTS = {
  agentops: 'http://localhost:4600',
  otlp: 'http://localhost:4318',
  grpc: 'http://localhost:4317',
  zipkin: 'http://localhost:9411/api/v2/spans',
} as const;

export const PROMETHEUS = { host: '127.0.0.1', port: 9464 } as const;
export const METRIC_INTERVAL_MS = 60_000;
export const KEEP = { errors: false, maxBytes: 32 * MIB } as const;
