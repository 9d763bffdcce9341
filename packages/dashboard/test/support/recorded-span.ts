import { randomBytes } from 'node:crypto';

/** An attribute value as tests write it. */
type Value = string | number | boolean | string[];

/** One span as a test describes it; times are ms after the session's start. */
export interface RecordedSpan {
  id: string;
  parent: string | null;
  name: string;
  start: number;
  /** Null for a span that is still running: sent as a live snapshot. */
  end: number | null;
  attributes: Record<string, Value>;
  error?: string;
  exception?: { type: string; message: string; stacktrace: string };
  link?: { traceId: string; spanId: string };
}

/** A session of one trace, as its process would send it. */
export interface RecordedSession {
  traceId: string;
  startedAt: number;
  service: string;
  spans: RecordedSpan[];
}

/** A span id, as tracers make them. */
export function spanId(): string {
  return randomBytes(8).toString('hex');
}

/** The UUID form of a trace id: the id its session has. */
export function sessionIdOf(traceId: string): string {
  return traceId.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}

/** A UUIDv7 without its dashes, for a session that starts at `startedAt` (ms since the epoch). */
export function traceIdAt(startedAt: number): string {
  const random = randomBytes(10).toString('hex');
  return `${startedAt.toString(16).padStart(12, '0')}7${random.slice(0, 3)}8${random.slice(3, 6)}${random.slice(6, 18)}`;
}

/** An OTLP/JSON export request of a session's spans. */
export function exportRequest({ traceId, startedAt, service, spans }: RecordedSession): object {
  const at = (ms: number) => String(BigInt(Math.round((startedAt + ms) * 1_000)) * 1_000n);
  return {
    resourceSpans: [
      {
        resource: {
          attributes: attributeList({
            'service.name': service,
            'deployment.environment.name': 'production',
            'host.arch': 'arm64',
            'process.runtime.name': 'nodejs',
          }),
        },
        scopeSpans: [
          {
            scope: { name: 'agentops', version: '0.1.0' },
            spans: spans.map((span) => ({
              traceId,
              spanId: span.id,
              parentSpanId: span.parent ?? '',
              name: span.name,
              kind: 1,
              startTimeUnixNano: at(span.start),
              endTimeUnixNano: span.end === null ? '0' : at(span.end),
              attributes: attributeList({
                'session.id': sessionIdOf(traceId),
                ...(span.end === null ? { 'agentops.in_flight': true } : {}),
                ...span.attributes,
              }),
              status: span.error === undefined ? { code: 0 } : { code: 2, message: span.error },
              events:
                span.exception === undefined
                  ? []
                  : [
                      {
                        name: 'exception',
                        timeUnixNano: at(span.end ?? span.start),
                        attributes: attributeList({
                          'exception.type': span.exception.type,
                          'exception.message': span.exception.message,
                          'exception.stacktrace': span.exception.stacktrace,
                        }),
                      },
                    ],
              links: span.link === undefined ? [] : [span.link],
            })),
          },
        ],
      },
    ],
  };
}

function attributeList(attributes: Record<string, Value>): object[] {
  return Object.entries(attributes).map(([key, value]) => ({ key, value: anyValue(value) }));
}

function anyValue(value: Value): object {
  if (Array.isArray(value)) return { arrayValue: { values: value.map(anyValue) } };
  if (typeof value === 'boolean') return { boolValue: value };
  if (typeof value === 'string') return { stringValue: value };
  return Number.isInteger(value) ? { intValue: String(value) } : { doubleValue: value };
}
