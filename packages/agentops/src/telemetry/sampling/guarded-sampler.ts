import { SamplingDecision } from '@opentelemetry/api';
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
  shouldSample(...asked: Parameters<Sampler['shouldSample']>): SamplingResult {
    const result = this.#reporter.guard('sampler.shouldSample', () => this.#inner.shouldSample(...asked));
    return result ?? { decision: SamplingDecision.RECORD_AND_SAMPLED };
  }

  toString(): string {
    return this.#inner.toString();
  }
}
