import { parseKeyPairsIntoRecord } from '@opentelemetry/core';
import { z } from 'zod';
import type { Environment, Variable } from './environment.ts';
import type { PropagationFormat } from './pipeline-options.ts';
import { EXPORTERS } from './schema/exporters.ts';
import { byteSize, duration, headers, port, probability, text } from './schema/values.ts';
import { initOptionsSchema } from './schema.ts';

const { shape } = initOptionsSchema;

const SAMPLERS: Readonly<Record<string, (argument: number) => number>> = {
  always_on: () => 1,
  always_off: () => 0,
  traceidratio: (argument) => argument,
  parentbased_always_on: () => 1,
  parentbased_always_off: () => 0,
  parentbased_traceidratio: (argument) => argument,
};

/** Baggage is propagated as `context.baggage` says. */
const PROPAGATORS: Readonly<Record<string, PropagationFormat | false>> = {
  tracecontext: 'w3c',
  baggage: false,
  b3: 'b3',
  b3multi: 'b3multi',
  none: false,
};

const TRACES_EXPORTERS: Readonly<Record<string, string | false>> = {
  otlp: 'otlp',
  console: 'console',
  logging: 'console',
  zipkin: 'zipkin',
  jaeger: 'jaeger',
  none: false,
};

const LOG_LEVELS: Readonly<Record<string, string>> = {
  none: 'silent',
  error: 'error',
  warn: 'warn',
  info: 'info',
  debug: 'debug',
  verbose: 'debug',
  all: 'debug',
};

/** The standard variables, as far as there is an option for them. */
export function otelVariables(env: Environment): Variable[] {
  const argument = env.OTEL_TRACES_SAMPLER_ARG;
  return [
    { name: 'OTEL_SERVICE_NAME', path: ['serviceName'], schema: text },
    {
      name: 'OTEL_RESOURCE_ATTRIBUTES',
      path: ['resource'],
      schema: shape.resource,
      parse: parseKeyPairsIntoRecord,
    },
    {
      name: 'OTEL_TRACES_SAMPLER',
      path: ['sampling', 'rate'],
      schema: probability,
      parse: (name) => SAMPLERS[name]?.(argument === undefined || argument === '' ? 1 : Number(argument)),
      accepted: `one of ${Object.keys(SAMPLERS).join(', ')}, with a ratio from 0 to 1 in OTEL_TRACES_SAMPLER_ARG`,
    },
    {
      name: 'OTEL_PROPAGATORS',
      path: ['context', 'propagation'],
      schema: z.array(z.string()),
      parse: (names) => translated(names, PROPAGATORS),
      accepted: `a list of ${Object.keys(PROPAGATORS).join(', ')}`,
    },
    {
      name: 'OTEL_TRACES_EXPORTER',
      path: ['exporters'],
      schema: z.array(z.object({ type: z.string() })),
      parse: (names) => translated(names, TRACES_EXPORTERS)?.map((type) => ({ type })),
      accepted: `a list of ${Object.keys(TRACES_EXPORTERS).join(', ')}`,
    },
    count('OTEL_BSP_MAX_EXPORT_BATCH_SIZE', 'size'),
    count('OTEL_BSP_SCHEDULE_DELAY', 'interval'),
    count('OTEL_BSP_MAX_QUEUE_SIZE', 'queue'),
    count('OTEL_BSP_EXPORT_TIMEOUT', 'timeout'),
    { name: 'OTEL_SPAN_ATTRIBUTE_VALUE_LENGTH_LIMIT', path: ['content', 'maxLength'], schema: byteSize },
    { name: 'OTEL_ATTRIBUTE_VALUE_LENGTH_LIMIT', path: ['content', 'maxLength'], schema: byteSize },
    {
      name: 'OTEL_METRICS_EXPORTER',
      path: ['metrics'],
      schema: z.object({}),
      parse: (names) => {
        const chosen = translated(names, { otlp: 'otlp', prometheus: 'prometheus', none: false });
        return chosen && { otlp: chosen.includes('otlp'), prometheus: chosen.includes('prometheus') };
      },
      accepted: 'a list of otlp, prometheus, none',
    },
    {
      name: 'OTEL_LOGS_EXPORTER',
      path: ['logs', 'otlp'],
      schema: z.boolean(),
      parse: (names) => translated(names, { otlp: 'otlp', none: false })?.includes('otlp'),
      accepted: 'otlp or none',
    },
    {
      name: 'OTEL_LOG_LEVEL',
      path: ['logs', 'level'],
      schema: z.string(),
      parse: (level) => LOG_LEVELS[level.toLowerCase()],
      accepted: `one of ${Object.keys(LOG_LEVELS).join(', ')}`,
    },
    { name: 'OTEL_SDK_DISABLED', path: ['disabled'], schema: z.boolean() },
  ];

  function count(name: string, option: 'size' | 'interval' | 'queue' | 'timeout'): Variable {
    const schema = z
      .number()
      .int()
      .min(1)
      .max(option === 'size' ? 10_000 : Number.MAX_SAFE_INTEGER);
    return { name, path: ['batch', option], schema };
  }
}

type Signal = 'TRACES' | 'METRICS' | 'LOGS';

/** What OTLP exporters of one signal are given that name no destination of their own. */
export function otlpVariables(signal: Signal): Variable[] {
  const options: readonly [string, readonly string[], z.ZodType][] = [
    ['ENDPOINT', ['endpoint'], optionOf('otlp', 'endpoint')],
    ['PROTOCOL', ['protocol'], optionOf('otlp', 'protocol')],
    ['HEADERS', ['headers'], headers],
    ['COMPRESSION', ['compression'], optionOf('otlp', 'compression')],
    ['CERTIFICATE', ['tls', 'ca'], text],
    ['CLIENT_CERTIFICATE', ['tls', 'cert'], text],
    ['CLIENT_KEY', ['tls', 'key'], text],
    ['TIMEOUT', signal === 'TRACES' ? ['batch', 'timeout'] : [], duration],
  ];
  const used = options.filter(([, path]) => path.length > 0);
  return [`OTEL_EXPORTER_OTLP_${signal}`, 'OTEL_EXPORTER_OTLP'].flatMap((prefix) =>
    used.map(([suffix, path, schema]) => ({ name: `${prefix}_${suffix}`, path, schema })),
  );
}

export const ZIPKIN_VARIABLES: readonly Variable[] = [
  { name: 'OTEL_EXPORTER_ZIPKIN_ENDPOINT', path: ['endpoint'], schema: optionOf('zipkin', 'endpoint') },
  { name: 'OTEL_EXPORTER_ZIPKIN_TIMEOUT', path: ['batch', 'timeout'], schema: duration },
];

export const PROMETHEUS_VARIABLES: readonly Variable[] = [
  { name: 'OTEL_EXPORTER_PROMETHEUS_HOST', path: ['host'], schema: text },
  { name: 'OTEL_EXPORTER_PROMETHEUS_PORT', path: ['port'], schema: port },
];

export const METRIC_INTERVAL: Variable = {
  name: 'OTEL_METRIC_EXPORT_INTERVAL',
  path: ['interval'],
  schema: duration,
};

/** PostgreSQL's own. */
export const POSTGRES_VARIABLES: readonly Variable[] = [
  { name: 'PGHOST', path: ['host'], schema: text },
  { name: 'PGPORT', path: ['port'], schema: port },
  { name: 'PGUSER', path: ['user'], schema: text },
  { name: 'PGPASSWORD', path: ['password'], schema: text },
  { name: 'PGDATABASE', path: ['database'], schema: text },
];

function optionOf(type: string, option: string): z.ZodType {
  return EXPORTERS[type]?.shape[option] as z.ZodType;
}

/** The names of a list in our words, without those that mean nothing here. Undefined where one is none of `words`. */
function translated<T>(names: string, words: Readonly<Record<string, T | false>>): T[] | undefined {
  const list = names.split(',').map((name) => words[name.trim()]);
  if (list.includes(undefined)) return undefined;
  return list.filter((word): word is T => word !== false && word !== undefined);
}
