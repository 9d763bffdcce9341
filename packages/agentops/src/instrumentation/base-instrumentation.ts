import { type Context, context, type Span } from '@opentelemetry/api';
import type { Client } from '../client.ts';
import { currentClient } from '../default-client.ts';
import type { AgentOpsEvent } from '../events/event.ts';

/**
 * What every instrumentation needs of the SDK: a span in the session its caller means, events, and the context that
 * makes other spans children. Instrumentations use the client of the moment, so they may be made before `init`.
 */
export abstract class BaseInstrumentation {
  /** Stands in messages about this instrumentation. */
  abstract readonly name: string;

  /** The client, where it records; undefined before `init`, after `shutdown` and while disabled. */
  protected get client(): Client | undefined {
    const client = currentClient();
    return client.telemetry.enabled ? client : undefined;
  }

  /**
   * Starts something in the session that the caller means (see `SessionManager.require`). Undefined where there is no
   * client or no session, or where `start` fails, which is reported: the instrumented program then goes on without.
   */
  protected createSpan<T>(
    start: (client: Client, parent: ReturnType<typeof context.active>) => T,
  ): T | undefined {
    const { client } = this;
    return client?.guard(this.name, () => {
      const session = client.sessions.require(this.name);
      return session === undefined ? undefined : start(client, session.contextOf());
    });
  }

  /**
   * The context of the session that the caller means, where the sampler has decided against that session: its work
   * only has to run there, so that what it starts is not recorded either. Undefined for every other session.
   */
  protected unsampledContext(): Context | undefined {
    const { client } = this;
    return client?.guard(this.name, () => {
      const session = client.sessions.current();
      return session !== undefined && client.telemetry.isSampledOut(session.span)
        ? session.contextOf()
        : undefined;
    });
  }

  /** Records `event` in the session that the caller means. Never throws. */
  protected recordEvent(event: AgentOpsEvent): void {
    this.guard(() => this.client?.sessions.require(this.name)?.record(event));
  }

  /** Runs `fn` with `span` as the current span: what it starts becomes a child. */
  protected propagateContext<T>(span: Span, fn: () => T): T {
    const { telemetry } = currentClient();
    return context.with(telemetry.contextWith(context.active(), span), fn);
  }

  /** Runs `fn` for the instrumentation's own bookkeeping: what it throws is reported and never reaches the program. */
  protected guard<T>(fn: () => T): T | undefined {
    return currentClient().guard(this.name, fn);
  }
}
