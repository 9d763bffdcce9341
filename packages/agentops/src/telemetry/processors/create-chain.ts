import type { ReadableSpan, SpanProcessor } from '@opentelemetry/sdk-trace';
import type { TelemetryOptions } from '../telemetry-options.ts';
import { BaggageProcessor } from './baggage-processor.ts';
import { ExportProcessor } from './export-processor.ts';
import { GuardedProcessor } from './guarded-processor.ts';
import { LiveSpanProcessor } from './live-processor.ts';
import { ProcessorChain } from './processor-chain.ts';
import type { RunningSpans } from './running-spans.ts';
import { SamplingProcessor } from './sampling-processor.ts';
import type { SessionProcessor } from './session-processor.ts';
import { SpanLogProcessor } from './span-log-processor.ts';

/** What the chain consists of besides what the options say. */
export interface ChainParts {
  /** Of a provider of ours alone; it must come first. */
  readonly attributes: SpanProcessor | undefined;
  readonly sessions: SessionProcessor;
  /** The user's own. */
  readonly users: readonly GuardedProcessor[];
  /** True in an application's own set-up. */
  readonly joined: boolean;
  readonly flush: () => Promise<void>;
}

export interface Chain {
  readonly processor: SpanProcessor;
  /** Undefined where no exporter can show spans before they end, or none is to. */
  readonly live: LiveSpanProcessor | undefined;
}

/** Marks first, exports last, and between them the user's own processors; a fault of one stays its own. */
export function createChain(options: TelemetryOptions, parts: ChainParts): Chain {
  const { lanes, redactor, reporter, sampler, context, delivery, denied } = options;
  const { attributes, sessions, users, joined, flush } = parts;
  const sampling = new SamplingProcessor(
    sampler,
    new ExportProcessor(lanes, redactor, joined, denied),
    joined,
  );
  const live = createLive(
    options,
    sessions.running,
    (span) => denied?.has(span) !== true && sampling.exports(span),
  );
  const guarded = (processor: SpanProcessor) => new GuardedProcessor(processor, reporter);
  const baggage = context.baggage.attributes;
  const processors = [
    ...(attributes === undefined ? [] : [attributes]),
    guarded(sessions),
    ...(baggage.length === 0 ? [] : [guarded(new BaggageProcessor(baggage, joined))]),
    ...users,
    ...(reporter.debugs ? [guarded(new SpanLogProcessor(reporter))] : []),
    guarded(sampling),
    ...(live === undefined ? [] : [guarded(live)]),
    ...(delivery === undefined ? [] : [guarded(delivery)]),
  ];
  return { processor: new ProcessorChain(processors, flush), live };
}

function createLive(
  { live, liveLanes: lanes, redactor, reporter }: TelemetryOptions,
  running: RunningSpans,
  exports: (span: ReadableSpan) => boolean,
): LiveSpanProcessor | undefined {
  if (live === false || lanes.length === 0) return undefined;
  const prepare = (span: ReadableSpan): ReadableSpan => redactor.span(span);
  return new LiveSpanProcessor({ ...live, running, lanes, exports, prepare, reporter });
}
