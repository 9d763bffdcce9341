import type { Context } from '@opentelemetry/api';
import { type Sampler, type SamplingResult, TraceIdRatioBasedSampler } from '@opentelemetry/sdk-trace';
import type { SamplingConfig } from '../config/config.ts';

/** Keeps a part of the traces; which part can be changed while running. */
export class RateSampler implements Sampler {
  #sampler: TraceIdRatioBasedSampler;

  constructor({ rate }: SamplingConfig) {
    this.#sampler = new TraceIdRatioBasedSampler(rate);
  }

  update({ rate }: SamplingConfig): void {
    this.#sampler = new TraceIdRatioBasedSampler(rate);
  }

  shouldSample(context: Context, traceId: string): SamplingResult {
    return this.#sampler.shouldSample(context, traceId);
  }

  toString(): string {
    return `RateSampler{${this.#sampler}}`;
  }
}
