import { type Attributes, type Logger, logs, SeverityNumber } from '@opentelemetry/api';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { LoggerProvider } from '@opentelemetry/sdk-logs';
import {
  ATTR_EXCEPTION_MESSAGE,
  ATTR_EXCEPTION_STACKTRACE,
  ATTR_EXCEPTION_TYPE,
} from '../semconv/attributes.ts';
import { VERSION } from '../version.ts';
import { LOG_CONTEXT_ATTRIBUTES, logContextOf } from './log-context.ts';
import type { LineLevel, LogEntry, LogSink } from './log-entry.ts';
import type { LogQueue } from './log-queue.ts';

const SEVERITY: Readonly<Record<LineLevel, SeverityNumber>> = {
  debug: SeverityNumber.DEBUG,
  info: SeverityNumber.INFO,
  warn: SeverityNumber.WARN,
  error: SeverityNumber.ERROR,
};

/** Lines as OpenTelemetry log records, through a provider of ours or the application's own. */
export interface OtelLogs {
  readonly emit: LogSink;
  /** True where the application has a logger provider: its records go where it sends them. */
  readonly joined: boolean;
  /** Takes the global registration back. */
  release(): void;
}

/** Joins the application's logger provider. Where it has none, makes one that puts records into `queue`, for all. */
export function openOtelLogs(resource: Attributes, queue: () => LogQueue): OtelLogs {
  if (hasProvider()) {
    return { emit: emitTo(logs.getLogger('agentops', VERSION)), joined: true, release() {} };
  }
  const provider = new LoggerProvider({ resource: resourceFromAttributes(resource), processors: [queue()] });
  const isGlobal = logs.setGlobalLoggerProvider(provider);
  return {
    emit: emitTo(provider.getLogger('agentops', VERSION)),
    joined: false,
    release: () => {
      if (isGlobal) logs.disable();
    },
  };
}

/** A logger of nobody's takes nothing. */
function hasProvider(): boolean {
  try {
    return logs.getLogger('agentops', VERSION).enabled({ severityNumber: SeverityNumber.ERROR });
  } catch {
    // A provider older than `enabled`.
    return true;
  }
}

function emitTo(logger: Logger): LogSink {
  return ({ level, message, fields, context, time }: LogEntry) =>
    logger.emit({
      timestamp: time,
      severityNumber: SEVERITY[level],
      severityText: level.toUpperCase(),
      body: message,
      attributes: { ...contextAttributes(logContextOf(context)), ...fieldAttributes(fields) },
      context,
    });
}

function contextAttributes(values: ReturnType<typeof logContextOf>): Attributes {
  const attributes: Attributes = {};
  for (const [key, name] of Object.entries(LOG_CONTEXT_ATTRIBUTES)) {
    const value = values[key as keyof typeof LOG_CONTEXT_ATTRIBUTES];
    if (value !== undefined) attributes[name] = value;
  }
  return attributes;
}

/** As they are; an error under the names the conventions have for exceptions. */
function fieldAttributes({ err, ...fields }: Readonly<Record<string, unknown>>): Attributes {
  if (typeof err !== 'object' || err === null)
    return { ...fields, ...(err !== undefined && { err }) } as Attributes;
  const { type, message, stack, ...rest } = err as Record<string, unknown>;
  return {
    ...fields,
    ...rest,
    ...(type !== undefined && { [ATTR_EXCEPTION_TYPE]: type }),
    ...(message !== undefined && { [ATTR_EXCEPTION_MESSAGE]: message }),
    ...(stack !== undefined && { [ATTR_EXCEPTION_STACKTRACE]: stack }),
  } as Attributes;
}
