import { type Attributes, context, ROOT_CONTEXT, trace } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import {
  BatchSpanProcessor,
  InMemorySpanExporter,
  type ReadableSpan,
  TracerProvider,
} from '@opentelemetry/sdk-trace';
import { type InitOptions, shutdown } from 'agentops';
import { SinkExporter } from './sink-exporter.ts';
import { BATCH, repeat, type Work } from './work.ts';

/** Makes the work to find the least cost of, with a client of these options. */
type WorkOf = (options: InitOptions) => Work;

/**
 * `plain` units of work, each inside the least that a span of `work` can cost, as a program has it that uses the bare
 * OpenTelemetry SDK by hand: a span of the same name, kind, attributes and resource is started, is the current one while
 * the unit runs (so that what the unit starts becomes its child), gets its attributes and ends; OpenTelemetry's own
 * batching processor hands it to the same sink. Taken by itself a span would cost less than it can in any program: what
 * the work allocates decides how often waiting spans are moved by the garbage collector.
 */
export async function floorOf(work: WorkOf, plain: () => unknown): Promise<Work> {
  const { name, kind, attributes, resource } = await spanOf(work);
  const sink = new SinkExporter();
  const processor = new BatchSpanProcessor({ exporter: sink });
  const tracer = new TracerProvider({ resource, spanProcessors: [processor] }).getTracer('floor');
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  const within = trace.setSpan(ROOT_CONTEXT, tracer.startSpan('parent', {}, ROOT_CONTEXT));
  // Attributes given to `startSpan` are copied twice, for the sampler's sake: set afterwards they cost less.
  const attributesOf = freshly(attributes);
  const unit = async (): Promise<void> => {
    const span = tracer.startSpan(name, { kind });
    await context.with(trace.setSpan(context.active(), span), plain);
    span.setAttributes(attributesOf()).end();
  };
  return async (count) => {
    const before = sink.spans;
    await context.with(within, () => repeat(count, unit));
    await processor.forceFlush();
    const delivered = sink.spans - before;
    if (delivered !== count) throw new Error(`the bare SDK delivered ${delivered} of ${count} spans`);
  };
}

/**
 * `attributes`, the contents among them written anew each time, as JSON of what the program has: so they have to be in
 * any program, and a text that all spans shared would be in the processor's cache, and never collected. All else is
 * taken as it is, ids and times too.
 */
function freshly(attributes: Attributes): () => Attributes {
  const contents = Object.entries(attributes).flatMap(([key, value]) =>
    typeof value === 'string' && /^[[{]/.test(value) ? [{ key, value: JSON.parse(value) as unknown }] : [],
  );
  return () => {
    const fresh = { ...attributes };
    for (const { key, value } of contents) fresh[key] = JSON.stringify(value);
    return fresh;
  };
}

/** What an exporter cannot but cost: to `serialise` spans of `work`, in batches. */
export async function serialisingOf(
  work: WorkOf,
  serialise: (batch: ReadableSpan[]) => unknown,
): Promise<Work> {
  const batch = new Array<ReadableSpan>(BATCH).fill(await spanOf(work));
  return async (count) => {
    for (let done = 0; done < count; done += BATCH) serialise(batch);
  };
}

async function spanOf(work: WorkOf): Promise<ReadableSpan> {
  const memory = new InMemorySpanExporter();
  await work({ exporters: [memory] })(1);
  const [model] = memory.getFinishedSpans();
  if (model === undefined) throw new Error('the work to find the floor of made no span');
  await shutdown();
  return model;
}
