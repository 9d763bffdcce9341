import { type Attributes, type Context, createContextKey, SamplingDecision } from '@opentelemetry/api';
import { ParentBasedSampler, type Sampler, type SamplingResult } from '@opentelemetry/sdk-trace';
import type { SamplingConfig } from '../../config/config.ts';
import type { Reporter } from '../../reporter.ts';
import { ATTR_AGENTOPS_SPAN_KIND } from '../../semconv/attributes.ts';
import { isOfTrustedCaller } from '../propagation/trusted-peers.ts';
import { AdaptiveRate } from './adaptive-rate.ts';
import { GuardedSampler } from './guarded-sampler.ts';
import { HeldSessions } from './held-sessions.ts';
import { compileRules, type Root } from './sampling-rules.ts';
import { isWithinRate } from './trace-rate.ts';

/** What became of the sessions at their starts and ends. `sampled + unsampled + held + kept` is all there were. */
export interface SamplingStats {
  readonly sampled: number;
  /** Not recorded; with `keep`, those let go as well. */
  readonly unsampled: number;
  /** Not sampled, and held until their end decides. */
  readonly held: number;
  /** About how much memory their spans take. */
  readonly heldBytes: number;
  /** Not sampled, and kept for their error, duration or cost. */
  readonly kept: number;
  /** Of the unsampled, those let go before their end because held sessions took more than `keep.maxBytes`. */
  readonly evicted: number;
}

/**
 * Decides at the root of each trace whether the trace is recorded: by the user's own sampler, else by the first rule
 * that matches, else by rate or target. What is decided against may be held for what becomes of it.
 */
export class SessionSampler implements Sampler {
  readonly held: HeldSessions;
  readonly #reporter: Reporter;
  readonly #now: (() => number) | undefined;
  #decide: Sampler['shouldSample'];
  /** Kept when the options change: it knows the traffic. */
  #adaptive: AdaptiveRate | undefined;
  #sampled = 0;
  #unsampled = 0;

  /** @param now Milliseconds on a clock that never goes back; for `target`. */
  constructor(sampling: SamplingConfig, reporter: Reporter, now?: () => number) {
    this.#reporter = reporter;
    this.#now = now;
    this.held = new HeldSessions(sampling.keep, reporter);
    this.#decide = this.#decisionBy(sampling);
  }

  get stats(): SamplingStats {
    const { held, heldBytes, kept, letGo, evicted } = this.held.stats;
    const { sampled, unsampled } = { sampled: this.#sampled, unsampled: this.#unsampled + letGo };
    return { sampled, unsampled, held, heldBytes, kept, evicted };
  }

  /** From now on `sampling` decides. What has been decided stays. */
  update(sampling: SamplingConfig): void {
    this.#decide = this.#decisionBy(sampling);
    this.held.update(sampling.keep);
  }

  shouldSample(...asked: Parameters<Sampler['shouldSample']>): SamplingResult {
    const [context, traceId, , , attributes] = asked;
    const result = decisionIn(context) ?? this.#decide(...asked);
    if (!isSession(attributes)) return result;
    if (result.decision === SamplingDecision.RECORD_AND_SAMPLED) {
      this.#sampled += 1;
      return result;
    }
    if (result !== NEVER && this.held.hold(traceId)) return { ...result, decision: SamplingDecision.RECORD };
    this.#unsampled += 1;
    return result;
  }

  toString(): string {
    return 'SessionSampler';
  }

  /**
   * For every span: roots are decided, what lies below follows its parent, and its session where that is held. A caller
   * in another process cannot force its trace to be recorded unless it is trusted: without, it is decided as a root is.
   */
  forTraces(trustsAll: boolean): Sampler {
    const unsampled: Sampler = {
      shouldSample: (_context, traceId) => ({
        decision: this.held.records(traceId) ? SamplingDecision.RECORD : SamplingDecision.NOT_RECORD,
      }),
      toString: () => 'HeldSessions',
    };
    return new ParentBasedSampler({
      root: this,
      remoteParentSampled: {
        shouldSample: (context, ...span) =>
          trustsAll || isOfTrustedCaller(context) ? SAMPLED : this.shouldSample(context, ...span),
        toString: () => 'TrustedCallers',
      },
      localParentNotSampled: unsampled,
      // The way of a session's own context through a queue may end where it began.
      remoteParentNotSampled: unsampled,
    });
  }

  #decisionBy({ sampler, rules, rate, target }: SamplingConfig): Sampler['shouldSample'] {
    if (sampler !== undefined) {
      const guarded = new GuardedSampler(sampler, this.#reporter);
      return guarded.shouldSample.bind(guarded);
    }
    const ruled = compileRules(rules);
    const adaptive = target === undefined ? undefined : this.#adaptiveRate(target);
    const usual = (root: Root): number => {
      if (adaptive === undefined) return rate;
      return isSession(root.attributes) ? adaptive.next() : adaptive.current;
    };
    return (_context, traceId, name, _kind, attributes) => {
      const root = { name, attributes };
      const byRule = ruled(root);
      if (byRule === 0) return NEVER;
      return isWithinRate(traceId, byRule ?? usual(root)) ? SAMPLED : UNSAMPLED;
    };
  }

  #adaptiveRate(target: number): AdaptiveRate {
    this.#adaptive ??= new AdaptiveRate(target, this.#now);
    this.#adaptive.target = target;
    return this.#adaptive;
  }
}

const DECISION = createContextKey('agentops.sampling-decision');

/** `context`, in which the root that starts next has been decided about already. */
export function withDecision(context: Context, isSampled: boolean): Context {
  return context.setValue(DECISION, isSampled ? SAMPLED : NEVER);
}

function decisionIn(context: Context): SamplingResult | undefined {
  return context.getValue(DECISION) as SamplingResult | undefined;
}

const SAMPLED: SamplingResult = { decision: SamplingDecision.RECORD_AND_SAMPLED };
const UNSAMPLED: SamplingResult = { decision: SamplingDecision.NOT_RECORD };
/** By a rule whose rate is 0: not to be held either, whatever becomes of it. */
const NEVER: SamplingResult = { decision: SamplingDecision.NOT_RECORD };

function isSession(attributes: Attributes): boolean {
  return attributes[ATTR_AGENTOPS_SPAN_KIND] === 'session';
}
