import { context, type HrTime, type Link, type Span, trace } from '@opentelemetry/api';
import { AgentOpsError } from '../errors.ts';
import { toTraceId } from '../ids.ts';
import * as attr from '../semconv/attributes.ts';
import { untrustedCallerOf } from '../telemetry/propagation/trusted-peers.ts';
import type { TelemetryManager } from '../telemetry/telemetry-manager.ts';
import { toSpanStatus } from './end-state.ts';
import { endAttributes, metadataAttributes } from './root-attributes.ts';
import type { SessionEnd } from './session-life.ts';
import type { SessionServices, StartSessionOptions } from './session-options.ts';
import { spanContextOf } from './session-reference.ts';
import type { SessionTotals } from './totals.ts';

/** Starts the root of a session; of one that was detached, again. */
export function startRootSpan(
  options: StartSessionOptions,
  startTime: HrTime,
  services: SessionServices,
): Span {
  const { telemetry, reporter, resumed } = services;
  const { name = 'session', id, tags = [], metadata = {}, userId, conversationId } = options;
  if (resumed !== undefined) {
    const { attributes, spanContext } = resumed;
    const links = (resumed.links ?? []).map((link) => ({ context: spanContextOf(link) }));
    return telemetry.resumeRoot(name, { startTime, attributes, links }, spanContext);
  }
  return telemetry.startRoot(
    name,
    {
      startTime,
      links: linksOf(),
      attributes: {
        [attr.ATTR_AGENTOPS_SPAN_KIND]: 'session',
        [attr.ATTR_SESSION_NAME]: name,
        ...(tags.length > 0 && { [attr.ATTR_SESSION_TAGS]: [...tags] }),
        ...(userId !== undefined && { [attr.ATTR_USER_ID]: userId }),
        ...(conversationId !== undefined && { [attr.ATTR_GEN_AI_CONVERSATION_ID]: conversationId }),
        ...reporter.guard('startSession', () => metadataAttributes(metadata)),
      },
    },
    id === undefined ? undefined : usableTraceId(id, services),
  );
}

/** Ends the root of a session, which says what the session did. */
export function endRootSpan(
  span: Span,
  { state, reason, time }: SessionEnd,
  { telemetry, totals }: { telemetry: TelemetryManager; totals: SessionTotals },
): void {
  // Whatever number of attributes the user has set: without these the end is not known.
  telemetry.setAttributes(span, (set) => {
    for (const [key, value] of Object.entries(endAttributes(state, reason, totals))) set(key, value);
  });
  span.setStatus(toSpanStatus(state, reason));
  span.end(time);
}

/** The trace id for an id of the user's own. A new one, which is undefined here, for what is no id, or is taken. */
function usableTraceId(id: string, { open, reporter }: SessionServices): string | undefined {
  const traceId = toTraceId(id);
  const isTaken = traceId !== undefined && open.of(traceId) !== undefined;
  if (traceId !== undefined && !isTaken) return traceId;
  const problem = isTaken ? 'belongs to a session that is open' : 'is no UUID and no 32 hex digits';
  reporter.error(
    new AgentOpsError(
      'invalid_argument',
      `startSession: id ${JSON.stringify(id)} ${problem}; the session got a new id`,
    ),
  );
  return undefined;
}

/**
 * A session started inside another span (an HTTP handler's) is a new root linked to it; one that is started for a caller
 * who is not trusted is linked to the caller's as well.
 */
function linksOf(): Link[] {
  const active = context.active();
  return [trace.getSpanContext(active), untrustedCallerOf(active)]
    .filter((linked) => linked !== undefined)
    .filter(trace.isSpanContextValid)
    .map((linked) => ({ context: linked }));
}
