import { AsyncLocalStorage } from 'node:async_hooks';
import type { ReadableSpan, Span, SpanProcessor } from '@opentelemetry/sdk-trace';
import type { LiveConfig } from '../../config/config.ts';
import type { Reporter } from '../../reporter.ts';
import {
  ATTR_AGENTOPS_IN_FLIGHT,
  ATTR_AGENTOPS_LIVE_INTERVAL,
  ATTR_AGENTOPS_SPAN_KIND,
} from '../../semconv/attributes.ts';
import { sampledContext, snapshotOf } from '../span-copy.ts';
import type { LiveLane } from './live-lane.ts';
import { isOfSession, type RunningSpan, type RunningSpans } from './running-spans.ts';

/** Sessions and agents wait so long for others to be announced with, and those that have ended by then are not. */
const ANNOUNCE_MS = 100;

const ANNOUNCED_KINDS: ReadonlySet<unknown> = new Set(['session', 'agent']);

/** The longest time a timer of Node's can wait. */
const MAX_TIMER_MS = 2 ** 31 - 1;

/** Snapshots made at one go: a thousand running spans must not hold up the program. */
const SLICE = 100;
/** Snapshots of one beat; sessions and agents come first, and the others promise no further ones where there are more. */
const MAX_SNAPSHOTS = 2000;

export interface LiveProcessorOptions extends LiveConfig {
  readonly running: RunningSpans;
  /** One per exporter that can replace a span later. */
  readonly lanes: readonly LiveLane[];
  /** Whether a span is one of those that are going to be exported. */
  readonly exports: (span: ReadableSpan) => boolean;
  /** What every span passes through before it leaves; where it throws, the snapshot is not sent. */
  readonly prepare: (span: ReadableSpan) => ReadableSpan;
  readonly reporter: Reporter;
}

/**
 * Shows sessions before they end: sends snapshots of running spans. Sessions and agents are announced as they start;
 * other spans once they have run for half an interval, so that short ones cost nothing; all of them again at each
 * interval, as the sign that the session lives.
 */
export class LiveSpanProcessor implements SpanProcessor {
  readonly #options: LiveProcessorOptions;
  readonly #halfMs: number;
  readonly #announceMs: number;
  /** Sessions and agents that have started and not been announced. */
  #fresh: Span[] = [];
  #announcing: NodeJS.Timeout | undefined;
  #beating: NodeJS.Timeout | undefined;
  #halves = 0;
  #stopped = false;
  /** Out of the caller's async contexts, which a timer would carry on. */
  readonly #outside = AsyncLocalStorage.snapshot();

  constructor(options: LiveProcessorOptions) {
    this.#options = options;
    this.#halfMs = Math.min(Math.max(1, options.interval / 2), MAX_TIMER_MS);
    this.#announceMs = Math.min(ANNOUNCE_MS, this.#halfMs);
  }

  start(): void {
    this.#beating = this.#outside(() =>
      setInterval(() => this.#guard(() => this.#beat()), this.#halfMs).unref(),
    );
  }

  onStart(span: Span): void {
    if (this.#stopped || !isAnnounced(span) || this.#fresh.length === MAX_SNAPSHOTS) return;
    this.#fresh.push(span);
    this.#announcing ??= this.#outside(() =>
      setTimeout(() => this.#guard(() => this.#announce()), this.#announceMs).unref(),
    );
  }

  onEnd(): void {}

  /** Says of the root of a session that is handed over that no further heartbeats are to be expected for now. */
  letGo(root: Span): void {
    if (this.#stopped) return;
    const { lanes, running, exports, prepare } = this.#options;
    const snapshot = this.#guard(() =>
      running.has(root) && exports(root) ? prepare(this.#inFlight(root, false)) : undefined,
    );
    if (snapshot !== undefined) for (const lane of lanes) lane.part(snapshot);
  }

  /** Resolves when that has been sent, or could not be. */
  async parted(): Promise<void> {
    await Promise.all(this.#options.lanes.map((lane) => lane.parted()));
  }

  async forceFlush(): Promise<void> {}

  async shutdown(): Promise<void> {
    this.stop();
  }

  /** Sends nothing from now on. */
  stop(): void {
    this.#stopped = true;
    this.#fresh = [];
    clearTimeout(this.#announcing);
    clearInterval(this.#beating);
    for (const lane of this.#options.lanes) lane.stop();
  }

  #announce(): void {
    clearTimeout(this.#announcing);
    this.#announcing = undefined;
    const fresh = this.#fresh;
    this.#fresh = [];
    this.#send(fresh);
  }

  /** Comes twice an interval: once for the spans that are due for the first time, once for all. */
  #beat(): void {
    this.#halves += 1;
    const isHeartbeat = this.#halves % 2 === 0;
    const now = performance.now();
    const isDue = ({ span, since }: RunningSpan): boolean => {
      const age = now - since;
      if (isHeartbeat) return age >= (isAnnounced(span) ? this.#announceMs : this.#halfMs);
      return !isAnnounced(span) && age >= this.#halfMs && age < 2 * this.#halfMs;
    };
    const running = this.#options.running.all().filter(isOfSession);
    const due = running.filter(isDue);
    if (due.length === 0) return;
    // No work is to be seen before the session it belongs to.
    this.#announce();
    const [announced, others] = partition(due, ({ span }) => isAnnounced(span));
    const areFew = running.length <= MAX_SNAPSHOTS;
    const beats = (span: Span): boolean => areFew || isAnnounced(span);
    this.#send(
      [...announced, ...others].slice(0, MAX_SNAPSHOTS).map(({ span }) => span),
      beats,
    );
  }

  /** @param beats Whether of a span further snapshots are to be expected. */
  #send(spans: readonly Span[], beats: (span: Span) => boolean = () => true): void {
    const { lanes, running, exports, prepare } = this.#options;
    if (this.#stopped) return;
    const snapshots: ReadableSpan[] = [];
    for (const span of spans.slice(0, SLICE)) {
      if (!running.has(span)) continue;
      const snapshot = this.#guard(() =>
        exports(span) ? prepare(this.#inFlight(span, beats(span))) : undefined,
      );
      if (snapshot !== undefined) snapshots.push(snapshot);
    }
    if (snapshots.length > 0) for (const lane of lanes) lane.offer(snapshots);
    if (spans.length > SLICE)
      setImmediate(() => this.#guard(() => this.#send(spans.slice(SLICE), beats))).unref();
  }

  /** `span` as it is now. Its end time is still zero, by which stores know that it is unfinished. */
  #inFlight(span: Span, beats: boolean): ReadableSpan {
    return snapshotOf(span, {
      spanContext: sampledContext(span),
      attributes: {
        ...span.attributes,
        ...this.#options.attributes,
        [ATTR_AGENTOPS_IN_FLIGHT]: true,
        ...(beats && { [ATTR_AGENTOPS_LIVE_INTERVAL]: Math.ceil(2 * this.#halfMs) }),
      },
    });
  }

  /** What a timer throws would end the program. */
  #guard<T>(work: () => T): T | undefined {
    return this.#options.reporter.guard('live', work);
  }
}

function partition<T>(items: readonly T[], holds: (item: T) => boolean): [T[], T[]] {
  return [items.filter(holds), items.filter((item) => !holds(item))];
}

function isAnnounced(span: Span): boolean {
  return ANNOUNCED_KINDS.has(span.attributes[ATTR_AGENTOPS_SPAN_KIND]);
}
