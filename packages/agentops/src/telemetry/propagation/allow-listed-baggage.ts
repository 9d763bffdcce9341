import type { Context, TextMapGetter, TextMapPropagator, TextMapSetter } from '@opentelemetry/api';
import { W3CBaggagePropagator } from '@opentelemetry/core';
import { compileGlobs } from '../../glob.ts';
import { isModelHost } from './model-hosts.ts';
import { targetHostOf } from './target-host.ts';

/**
 * W3C baggage that is written only into requests to allowed hosts. Who the request goes to must be said
 * (`withTargetHost`): libraries that inject by themselves, as clients of model providers do, get nothing. Read always.
 */
export class AllowListedBaggagePropagator implements TextMapPropagator {
  readonly #baggage = new W3CBaggagePropagator();
  readonly #isAllowed: (host: string) => boolean;

  /** @param hosts `*` stands for any characters. Hosts of model providers are never allowed. */
  constructor(hosts: readonly string[]) {
    this.#isAllowed = compileGlobs(hosts.map((host) => host.toLowerCase()));
  }

  inject(context: Context, carrier: unknown, setter: TextMapSetter): void {
    const host = targetHostOf(context);
    if (host === undefined || !this.#isAllowed(host) || isModelHost(host)) return;
    this.#baggage.inject(context, carrier, setter);
  }

  extract(context: Context, carrier: unknown, getter: TextMapGetter): Context {
    return this.#baggage.extract(context, carrier, getter);
  }

  fields(): string[] {
    return this.#baggage.fields();
  }
}
