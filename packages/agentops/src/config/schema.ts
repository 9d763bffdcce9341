import type { Attributes, TextMapPropagator } from '@opentelemetry/api';
import type { Sampler, SpanExporter, SpanProcessor } from '@opentelemetry/sdk-trace';
import { z } from 'zod';
import type { AgentOpsError } from '../errors.ts';
import type { OtelInstrumentation } from './instrumentation-options.ts';

/** An object of the user's that implements an interface, recognised by the methods we call. */
function implementing<T extends object>(name: string, ...methods: (keyof T & string)[]) {
  return z.custom<T>(
    (value) =>
      typeof value === 'object' &&
      value !== null &&
      methods.every((method) => typeof Reflect.get(value, method) === 'function'),
    { error: `expected ${name} (an object with ${methods.join('(), ')}())` },
  );
}

const httpUrl = z
  .url({ protocol: /^https?$/, error: 'expected an http:// or https:// URL' })
  .refine((url) => !URL.canParse(url) || new URL(url).username + new URL(url).password === '', {
    error: 'credentials do not belong in the URL; use apiKey or headers',
  });
/** The longest time a timer of Node's can wait: 24.8 days. */
const MAX_MILLIS = 2 ** 31 - 1;
const millis = z.number().int().positive().max(MAX_MILLIS);

const agentOpsExporter = z.strictObject({
  type: z.literal('agentops'),
  endpoint: httpUrl.optional(),
  apiKey: z.string().min(1).optional(),
  headers: z.record(z.string(), z.string()).optional(),
  insecure: z.boolean().optional(),
});

const consoleExporter = z.strictObject({ type: z.literal('console') });

const exporterByType = z.discriminatedUnion('type', [agentOpsExporter, consoleExporter], {
  error: "expected type 'agentops' or 'console', or a SpanExporter object",
});
const exporterObject = implementing<SpanExporter>('a SpanExporter', 'export', 'shutdown');

/** Configuration first: `exporterBranch` says which of the two a value was meant to be. */
const exporter = z.union([exporterByType, exporterObject]);

/** Index of the branch of an exporter's union that its errors should be told from. */
export function exporterBranch(value: unknown): 0 | 1 {
  return typeof value === 'object' && value !== null && 'type' in value ? 0 : 1;
}

const spool = z.strictObject({
  directory: z.string().min(1).optional(),
  maxBytes: z.number().int().min(1).optional(),
});

/** Shape of `InitOptions` at run time: JavaScript users and typos meet it instead of the compiler. */
export const initOptionsSchema = z.strictObject({
  apiKey: z.string().min(1).optional(),
  endpoint: httpUrl.optional(),
  insecure: z.boolean().optional(),
  serviceName: z.string().min(1).optional(),
  serviceVersion: z.string().min(1).optional(),
  environment: z.string().min(1).optional(),
  resource: z
    .custom<Attributes>((value) => typeof value === 'object' && value !== null && !Array.isArray(value), {
      error: 'expected an object of attributes',
    })
    .optional(),
  exporters: z.array(exporter).optional(),
  processors: z
    .array(implementing<SpanProcessor>('a SpanProcessor', 'onStart', 'onEnd', 'forceFlush', 'shutdown'))
    .optional(),
  sampling: z
    .strictObject({
      rate: z.number().min(0).max(1).optional(),
      sampler: implementing<Sampler>('a Sampler', 'shouldSample').optional(),
    })
    .optional(),
  context: z
    .strictObject({
      propagator: implementing<TextMapPropagator>(
        'a TextMapPropagator',
        'inject',
        'extract',
        'fields',
      ).optional(),
    })
    .optional(),
  session: z
    .strictObject({
      mode: z.enum(['single', 'multi']).optional(),
      autoStart: z.boolean().optional(),
      hostEnvironment: z.boolean().optional(),
    })
    .optional(),
  batch: z
    .strictObject({
      size: z.number().int().min(1).max(10_000).optional(),
      interval: millis.optional(),
      queue: z.number().int().min(1).optional(),
      timeout: millis.optional(),
    })
    .optional(),
  retry: z
    .strictObject({
      initial: millis.optional(),
      max: millis.optional(),
      attempts: z.number().int().min(1).max(100).optional(),
    })
    .optional(),
  spool: z.union([z.literal(false), spool]).optional(),
  content: z.strictObject({ capture: z.boolean().optional() }).optional(),
  instrumentations: z
    .strictObject({
      openai: z.boolean().optional(),
      anthropic: z.boolean().optional(),
      google: z.boolean().optional(),
      openllmetry: z.union([z.literal(false), z.literal('auto'), z.array(z.string().min(1))]).optional(),
      others: z
        .array(
          implementing<OtelInstrumentation>('an Instrumentation', 'setTracerProvider', 'enable', 'disable'),
        )
        .optional(),
      denyScopes: z.array(z.string().min(1)).optional(),
    })
    .optional(),
  logs: z.strictObject({ level: z.enum(['silent', 'error', 'warn', 'info', 'debug']).optional() }).optional(),
  onError: z
    .custom<(error: AgentOpsError) => void>((value) => typeof value === 'function', {
      error: 'expected a function',
    })
    .optional(),
  disabled: z.boolean().optional(),
});
