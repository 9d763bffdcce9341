import {
  type Config,
  type ConfigurationReading,
  inspectSpool,
  probe,
  probeOtlp,
  type WaitingSpans,
} from 'agentops/doctor';
import { withoutPassword } from '../backend.ts';
import { type Check, failure, ok, warning } from './check.ts';

/** A clock that is off by more than this puts spans out of order, in milliseconds. */
const MAX_SKEW_MS = 5000;

export function checkConfiguration({ config, problems }: ConfigurationReading): Check[] {
  const wrong = problems.map((problem) =>
    failure('Configuration', withoutPassword(problem), adviceFor(problem)),
  );
  if (config === undefined || wrong.length > 0) return wrong;
  if (config.disabled) {
    return [
      warning(
        'Configuration',
        'telemetry is disabled',
        'Unset AGENTOPS_DISABLED and OTEL_SDK_DISABLED to record.',
      ),
    ];
  }
  const names = config.exporters.map(({ name }) => name);
  return [ok('Configuration', `service ${config.serviceName}, exporters: ${names.join(', ') || 'none'}`)];
}

function adviceFor(problem: string): string {
  if (/\$\{\w+\} is not set/.test(problem)) {
    return 'Set it where the program runs (and here), or write a default into the file.';
  }
  if (problem.startsWith('no exporter is left')) return 'Put right one of those above, or add another.';
  return 'Correct it where it stands.';
}

/** Asks every destination, of spans, metrics and log records, all at once. */
export async function checkDestinations({ exporters, logs, metrics }: Config): Promise<Check[]> {
  const others = [
    ...(logs.otlp === false ? [] : [{ subject: 'Log records', asked: probeOtlp(logs.otlp, 'logs') }]),
    ...(metrics === false || metrics.otlp === false
      ? []
      : [{ subject: 'Metrics', asked: probeOtlp(metrics.otlp, 'metrics') }]),
  ];
  const checks = await Promise.all(
    [
      ...exporters.map((exporter) => ({ subject: `Exporter ${exporter.name}`, asked: probe(exporter) })),
      ...others,
    ].map(async ({ subject, asked }): Promise<Check[]> => {
      const result = await asked;
      const message = withoutPassword(result.message);
      if (result.outcome !== 'ok')
        return [{ status: result.outcome, subject, message, advice: result.advice }];
      return [ok(subject, message), ...checkClock(subject, result.clockSkewMs)];
    }),
  );
  return checks.flat();
}

function checkClock(subject: string, skewMs: number | undefined): Check[] {
  if (skewMs === undefined || Math.abs(skewMs) <= MAX_SKEW_MS) return [];
  const seconds = Math.round(Math.abs(skewMs) / 1000);
  return [
    warning(
      subject,
      `the clock of this machine is ${seconds} s ${skewMs > 0 ? 'behind' : 'ahead of'} that of the destination`,
      'Set the clock by NTP: spans of several machines get out of order.',
    ),
  ];
}

export function checkSpool({ spool, exporters }: Config): Check[] {
  const subject = 'Spool';
  if (spool === false) {
    return [
      warning(
        subject,
        'there is none',
        'What cannot be sent is dropped; remove spool: false to keep it on disk.',
      ),
    ];
  }
  const { directory, unwritable, free, waiting } = inspectSpool(spool);
  const known = new Set(exporters.map(({ name }) => name));
  return [
    unwritable === undefined
      ? ok(subject, directory)
      : failure(
          subject,
          `${directory}: ${unwritable}`,
          'Give this user the right to write there, or set spool.directory (AGENTOPS_SPOOL_DIR).',
        ),
    ...(unwritable === undefined && free !== undefined && free < spool.maxBytes
      ? [
          warning(
            subject,
            `${megabytes(free)} are free on its disk, it may take ${megabytes(spool.maxBytes)}`,
            'Make room, or lower spool.maxBytes.',
          ),
        ]
      : []),
    ...waiting.map((spans) => checkWaiting(spans, known.has(spans.exporter))),
  ];
}

function checkWaiting(
  { exporter, spans, bytes, oldest, damaged }: WaitingSpans,
  isConfigured: boolean,
): Check {
  if (spans === 0) {
    const what = `${damaged} damaged ${damaged === 1 ? 'record' : 'records'} of exporter ${exporter}`;
    return warning(
      'Spool',
      what,
      'They cannot be read any more: the next program of this service passes over them.',
    );
  }
  const age = oldest === undefined ? '' : `, the oldest for ${duration(Date.now() - oldest)}`;
  const broken = damaged === 0 ? '' : `, and ${damaged} damaged ${damaged === 1 ? 'record' : 'records'}`;
  return warning(
    'Spool',
    `${spans} spans (${megabytes(bytes)}) wait for exporter ${exporter}${age}${broken}`,
    isConfigured
      ? 'They are sent while a program of this service runs and the destination takes them; after seven days they are dropped.'
      : `No exporter of that name is configured, so nobody will send them: name one ${exporter}, or delete its files.`,
  );
}

function megabytes(bytes: number): string {
  return bytes < 1_000_000 ? `${Math.ceil(bytes / 1000)} kB` : `${Math.round(bytes / 1_000_000)} MB`;
}

function duration(ms: number): string {
  const minutes = Math.round(ms / 60_000);
  if (minutes < 60) return `${minutes} min`;
  return minutes < 48 * 60 ? `${Math.round(minutes / 60)} h` : `${Math.round(minutes / 1440)} days`;
}
