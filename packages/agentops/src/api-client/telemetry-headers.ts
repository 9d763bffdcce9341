import { type Context, diag, propagation } from '@opentelemetry/api';
import { HEADER_SESSION_ID } from '../semconv/headers.ts';
import { scopeOf } from '../session/scope.ts';
import { messageOf } from '../telemetry/failure.ts';
import { withTargetHost } from '../telemetry/propagation/target-host.ts';

/**
 * The headers by which the backend can tell from within which work a request came: the trace context, in the formats that
 * are configured, and the session's id. Baggage only where its rules allow the host.
 */
export function telemetryHeaders(context: Context, host: string): Record<string, string> {
  const headers: Record<string, string> = {};
  try {
    propagation.inject(withTargetHost(context, host), headers);
  } catch (error) {
    // A propagator of the application's own must not stand between it and the backend.
    diag.warn(`agentops: the propagator failed, so a request carries no trace context: ${messageOf(error)}`);
  }
  const session = scopeOf(context)?.session;
  if (session !== undefined) headers[HEADER_SESSION_ID] = session.id;
  return headers;
}
