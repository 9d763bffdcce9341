import type { SpanProcessor } from '@opentelemetry/sdk-trace';
import { z } from 'zod';
import type { AgentOpsError } from '../errors.ts';
import type { InitOptions, TelemetryUpdate } from './options.ts';
import { batch, exporter, retry, type Shape } from './schema/exporters.ts';
import {
  content,
  context,
  instrumentations,
  live,
  logs,
  metrics,
  sampling,
  session,
  spool,
} from './schema/groups.ts';
import { modelPrice } from './schema/prices.ts';
import { attributeValue, fn, httpUrl, implementing, orModule, text } from './schema/values.ts';

export const spanProcessor = implementing<SpanProcessor>(
  'a SpanProcessor',
  'onStart',
  'onEnd',
  'forceFlush',
  'shutdown',
);

/**
 * Everything that can be configured, from whatever source: in code as it stands, in the file under `telemetry:` in
 * snake_case, in the environment by the names that are made of the paths. Durations and sizes come out as numbers.
 */
export const initOptionsSchema = z.strictObject({
  apiKey: text.optional().describe('Short for api_key of the default exporter.'),
  endpoint: httpUrl.optional().describe('Short for endpoint of the default exporter.'),
  insecure: z.boolean().optional().describe('Short for insecure of the default exporter.'),
  serviceName: text.optional().describe('Default agentops.'),
  serviceVersion: text.optional(),
  environment: text.optional().describe("The deployment's name, such as production."),
  resource: z.record(z.string(), attributeValue).optional().describe('Further attributes of the Resource.'),
  exporters: z
    .array(exporter)
    .optional()
    .describe('Where spans go. Default: the AgentOps backend. An empty list exports nothing.'),
  processors: z
    .array(orModule(spanProcessor))
    .optional()
    .describe('Processors of your own; they see every span before the exporters do.'),
  sampling: sampling
    .optional()
    .describe('Which sessions are recorded. One is kept or dropped whole: decided at its root.'),
  context: context.optional().describe('How the trace goes on in other services.'),
  session: session.optional(),
  batch: batch.optional().describe('How spans are put together, for every exporter.'),
  retry: retry.optional().describe('How often and when it is tried again, for every exporter.'),
  spool: spool
    .optional()
    .describe('Where spans wait on disk for their exporter; false for nowhere: they are then dropped.'),
  content: content.optional().describe('What of the content is recorded.'),
  live: live.optional().describe('Running spans are shown before they end. false for not at all.'),
  metrics: metrics.optional().describe('What the SDK counts and times. false for nothing.'),
  logs: logs.optional().describe('What the SDK and its logger write.'),
  instrumentations: instrumentations
    .optional()
    .describe('Libraries that are instrumented by themselves, without instrument() around each client.'),
  prices: z
    .array(modelPrice)
    .optional()
    .describe('What models cost, where the price list does not know them or you pay something else.'),
  onError: fn<(error: AgentOpsError) => void>().optional(),
  waitUntil: fn<(delivery: Promise<void>) => void>().optional(),
  configFile: z
    .union([z.literal(false), text], { error: 'expected a path, or false for no file' })
    .optional(),
  watch: z
    .boolean()
    .optional()
    .describe('Reads this file again when it changes, and applies what can be changed while running.'),
  strict: z
    .boolean()
    .optional()
    .describe('Wrong values in environment and file throw, instead of being reported and left out.'),
  disabled: z.boolean().optional().describe('Turns everything into a no-op.'),
} satisfies Shape<InitOptions>);

/** What can be changed while running. */
export const updateSchema = z.strictObject({
  batch: batch.pick({ size: true, interval: true }).optional(),
  sampling: sampling.optional(),
} satisfies Shape<TelemetryUpdate>);

/** Options as the schema gives them out: durations and sizes are numbers. */
export type CheckedOptions = z.output<typeof initOptionsSchema>;
