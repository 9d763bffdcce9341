import type { Counter, Histogram, Meter } from '@opentelemetry/api';
import { ATTR_SESSION_END_STATE } from '../../semconv/attributes.ts';
import * as metric from '../../semconv/metrics.ts';
import type { EndState } from '../../session/end-state.ts';
import { instruments } from './instruments.ts';

/** A session that has ended. */
export interface EndedSession {
  readonly state: EndState;
  readonly seconds: number;
  /** False where the sampler decided against it. */
  readonly sampled: boolean;
  /** False where it had no spans, so that nothing is known of them. */
  readonly recorded: boolean;
  readonly spans: number;
  /** USD; null where no call had a known cost. */
  readonly cost: number | null;
}

/** How sessions ended, how long they took, what they were made of and what they cost. */
export class SessionMetrics {
  readonly #ended: Counter;
  readonly #duration: Histogram;
  readonly #spans: Histogram;
  readonly #cost: Histogram;

  constructor(meter: Meter) {
    this.#ended = instruments.counter(meter, metric.SESSIONS_ENDED);
    this.#duration = instruments.histogram(meter, metric.SESSION_DURATION);
    this.#spans = instruments.histogram(meter, metric.SESSION_SPANS_COUNT);
    this.#cost = instruments.histogram(meter, metric.SESSION_COST);
  }

  record({ state, seconds, sampled, recorded, spans, cost }: EndedSession): void {
    const attributes = { [ATTR_SESSION_END_STATE]: state };
    this.#ended.add(1, { ...attributes, [metric.ATTR_SESSION_SAMPLED]: sampled });
    this.#duration.record(seconds, attributes);
    if (!recorded) return;
    this.#spans.record(spans, attributes);
    if (cost !== null) this.#cost.record(cost, attributes);
  }
}
