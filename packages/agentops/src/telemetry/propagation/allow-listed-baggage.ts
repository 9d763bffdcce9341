import {
  type Context,
  propagation,
  type TextMapGetter,
  type TextMapPropagator,
  type TextMapSetter,
} from '@opentelemetry/api';
import { W3CBaggagePropagator } from '@opentelemetry/core';
import { BAGGAGE_AGENT_ID, BAGGAGE_SESSION_ID } from '../../semconv/attributes.ts';
import { scopeOf } from '../../session/scope.ts';
import { compileHostRule } from './host-rules.ts';
import { isModelHost } from './model-hosts.ts';
import { targetOf } from './target-host.ts';

/**
 * W3C baggage that is written only into requests to allowed hosts. Who the request goes to must be said
 * (`withTargetHost`): libraries that inject by themselves, as clients of model providers do, get nothing. Read always.
 *
 * The ids of session and agent join the user's own entries only here, so that no other propagator can send them.
 */
export class AllowListedBaggagePropagator implements TextMapPropagator {
  readonly #baggage = new W3CBaggagePropagator();
  readonly #isAllowed: (host: string) => boolean;

  /** @param hosts `*` stands for any characters. Hosts of model providers are never allowed. */
  constructor(hosts: readonly string[]) {
    this.#isAllowed = compileHostRule(hosts);
  }

  inject(context: Context, carrier: unknown, setter: TextMapSetter): void {
    const host = targetOf(context)?.host;
    if (host === undefined || !this.#isAllowed(host) || isModelHost(host)) return;
    this.#baggage.inject(withIds(context), carrier, setter);
  }

  extract(context: Context, carrier: unknown, getter: TextMapGetter): Context {
    return this.#baggage.extract(context, carrier, getter);
  }

  fields(): string[] {
    return this.#baggage.fields();
  }
}

function withIds(context: Context): Context {
  const scope = scopeOf(context);
  if (scope === undefined) return context;
  let baggage = propagation.getBaggage(context) ?? propagation.createBaggage();
  baggage = baggage.setEntry(BAGGAGE_SESSION_ID, { value: scope.session.id });
  // What a caller said is no agent of a session that was started while serving it.
  const agentId = scope.agent?.id;
  baggage =
    agentId === undefined
      ? baggage.removeEntry(BAGGAGE_AGENT_ID)
      : baggage.setEntry(BAGGAGE_AGENT_ID, { value: agentId });
  return propagation.setBaggage(context, baggage);
}
