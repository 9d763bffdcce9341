import { type Context, type Span, SpanKind } from '@opentelemetry/api';
import * as attr from '../../semconv/attributes.ts';
import type { SpanKindName } from '../../semconv/span-kinds.ts';
import type { TelemetryManager } from '../../telemetry/telemetry-manager.ts';
import { hrNow } from '../../time.ts';
import { SpanEnding } from '../span-ending.ts';
import type { RpcMethod } from './rpc-method.ts';
import { type RpcStatus, recordServerStatus } from './rpc-status.ts';

/** A call that is answered here, and its span, by OpenTelemetry's conventions for RPC servers. The first ending counts. */
export class IncomingCall {
  readonly span: Span;
  readonly #ending: SpanEnding;

  constructor(telemetry: TelemetryManager, parent: Context, { name, attributes }: RpcMethod) {
    this.span = telemetry.startSpan(
      name,
      (set) => {
        set(attr.ATTR_AGENTOPS_SPAN_KIND, 'workflow' satisfies SpanKindName);
        for (const key in attributes) set(key, attributes[key]);
      },
      { kind: SpanKind.SERVER, startTime: hrNow() },
      parent,
    );
    this.#ending = new SpanEnding(this.span);
  }

  end(status: RpcStatus): void {
    this.#ending.end(() => recordServerStatus(this.span, status));
  }
}
