import {
  type Attributes,
  type Context,
  type Link,
  SamplingDecision,
  type SpanKind,
} from '@opentelemetry/api';
import type { Sampler, SamplingResult } from '@opentelemetry/sdk-trace';
import type { Reporter } from '../../reporter.ts';

/** A sampler whose faults stay its own: unguarded, one that throws throws out of whatever starts a span. */
export class GuardedSampler implements Sampler {
  readonly #inner: Sampler;
  readonly #reporter: Reporter;

  constructor(inner: Sampler, reporter: Reporter) {
    this.#inner = inner;
    this.#reporter = reporter;
  }

  /** Where the sampler fails, the trace is kept. */
  shouldSample(
    context: Context,
    traceId: string,
    name: string,
    kind: SpanKind,
    attributes: Attributes,
    links: Link[],
  ): SamplingResult {
    const result = this.#reporter.guard('sampler.shouldSample', () =>
      this.#inner.shouldSample(context, traceId, name, kind, attributes, links),
    );
    return result ?? { decision: SamplingDecision.RECORD_AND_SAMPLED };
  }

  toString(): string {
    return this.#inner.toString();
  }
}
