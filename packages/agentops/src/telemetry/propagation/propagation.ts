import {
  type Context,
  ROOT_CONTEXT,
  type TextMapGetter,
  type TextMapPropagator,
  type TextMapSetter,
  trace,
} from '@opentelemetry/api';
import type { ContextConfig } from '../../config/config.ts';
import type { Reporter } from '../../reporter.ts';
import { createPropagator } from './create-propagator.ts';
import { IgnoredHeaders, type IgnoredReason } from './ignored-headers.ts';
import { withTargetHost } from './target-host.ts';
import { compileTrust, withTrustedCaller } from './trusted-peers.ts';

/** What a caller sent. */
export interface Received {
  /** The caller's trace context and baggage and nothing else. */
  readonly context: Context;
  /** False for a caller whose session is not to be continued. */
  readonly isTrusted: boolean;
}

/** What is read begins here: marking it afterwards would copy it once more. */
const TRUSTED = withTrustedCaller(ROOT_CONTEXT);

/** How context crosses the border of the process, both ways: by our propagator, in whatever set-up. */
export class Propagation {
  /** For OpenTelemetry's global registration; it never throws. */
  readonly propagator: TextMapPropagator;
  readonly #ignored = new IgnoredHeaders();
  readonly #trusts: (peer: string | undefined) => boolean;
  readonly #shown: (context: Context) => Context;

  /** @param shown A context with the span in it that is to be written. Default: as it is. */
  constructor(config: ContextConfig, reporter: Reporter, shown = (context: Context): Context => context) {
    this.#shown = shown;
    this.propagator = createPropagator(config, this.#ignored, reporter);
    this.#trusts = compileTrust(config.trustIncoming, config.baggage.hosts);
  }

  /** How often callers sent what was not taken, by reason. */
  get ignored(): Readonly<Record<IgnoredReason, number>> {
    return { ...this.#ignored.counts };
  }

  /**
   * Writes `context` into `carrier`.
   *
   * @param to The host it goes to, with or without a port; where it is not known, no baggage is written.
   */
  inject<Carrier>(context: Context, carrier: Carrier, setter: TextMapSetter<Carrier>, to?: string): void {
    const shown = this.#shown(context);
    this.propagator.inject(to === undefined ? shown : withTargetHost(shown, to), carrier, setter);
  }

  /** Whether trace context is taken of a peer; of one that is not known, only where it is taken of everybody. */
  trusts(peer: string | undefined): boolean {
    return this.#trusts(peer);
  }

  /** Reads what `carrier` holds, on the program's own word: the context is trusted. */
  read<Carrier>(carrier: Carrier, getter: TextMapGetter<Carrier>): Context {
    return this.propagator.extract(TRUSTED, carrier, getter);
  }

  /**
   * Reads what a caller sent; undefined where that is no trace context.
   *
   * @param peer Address or name of the caller, as the connection says it; undefined where that is not known.
   */
  receive<Carrier>(
    carrier: Carrier,
    getter: TextMapGetter<Carrier>,
    peer: string | undefined,
  ): Received | undefined {
    return this.judge(this.read(carrier, getter), peer);
  }

  /** The same for what has been read already. */
  judge(context: Context, peer: string | undefined): Received | undefined {
    if (trace.getSpanContext(context) === undefined) return undefined;
    const isTrusted = this.#trusts(peer);
    if (!isTrusted) this.#ignored.count('untrusted');
    return { context, isTrusted };
  }
}
