import process from 'node:process';
import { type Context, context, isSpanContextValid, trace } from '@opentelemetry/api';
import type { SpanProcessor } from '@opentelemetry/sdk-trace';
import type { Config } from './config/config.ts';
import type { FileWatch } from './config/file-watch.ts';
import type { InitOptions } from './config/options.ts';
import { resolveConfig } from './config/resolve.ts';
import { areSameOptions, snapshotOf } from './config/same-options.ts';
import { watchConfig } from './config/watch.ts';
import { AgentOpsError, type AgentOpsErrorCode } from './errors.ts';
import { type InstrumentationSwitches, isAutomatic } from './instrumentation/auto/switches.ts';
import { Log } from './logging/log.ts';
import { LogExport } from './logging/log-export.ts';
import { createLogger, type Logger } from './logging/logger.ts';
import { ProcessEnd } from './process-end.ts';
import { Reporter } from './reporter.ts';
import * as attr from './semconv/attributes.ts';
import { hostEnvironment } from './session/host-environment.ts';
import { OpenSessions } from './session/open-sessions.ts';
import { Session, type StartSessionOptions } from './session/session.ts';
import { SessionManager } from './session/session-manager.ts';
import { Deadline } from './telemetry/deadline.ts';
import { createSender } from './telemetry/exporters/create-sender.ts';
import { ExportManager } from './telemetry/exporters/export-manager.ts';
import type { ExporterHealthStats } from './telemetry/exporters/exporter-health.ts';
import { Metrics } from './telemetry/metrics/metrics.ts';
import { ExportLane } from './telemetry/processors/export-lane.ts';
import type { LaneStats } from './telemetry/processors/ledger.ts';
import { LiveLane } from './telemetry/processors/live-lane.ts';
import { QueueBudget } from './telemetry/processors/queue-budget.ts';
import { Redactor } from './telemetry/redaction/redactor.ts';
import { type SamplingStats, SessionSampler } from './telemetry/sampling/session-sampler.ts';
import { TelemetryManager } from './telemetry/telemetry-manager.ts';
import { VERSION } from './version.ts';

const SHUTDOWN_TIMEOUT_MS = 5000;

const LONGEST_TIMER_MS = 2 ** 31 - 1;

const SILENT = new Reporter({ level: 'silent' });

/** What became of the spans, and of the calls that could not be carried out. */
export interface ClientStats {
  /** By exporter: `ended + recovered = pending + delivered + spooled + the sum of dropped`. */
  readonly exporters: Readonly<Record<string, LaneStats>>;
  /** By exporter: when it last succeeded, and what went wrong. */
  readonly health: Readonly<Record<string, ExporterHealthStats>>;
  /** How often each kind of error was reported to `onError`. */
  readonly errors: Readonly<Partial<Record<AgentOpsErrorCode, number>>>;
  readonly openSessions: number;
  /** How many sessions were sampled, and what became of the others. */
  readonly sampling: SamplingStats;
  /** How often each redaction rule has masked something. */
  readonly masks: Readonly<Record<string, number>>;
}

/** The running SDK: what `init` returns. */
export class Client {
  readonly telemetry: TelemetryManager;
  readonly sessions: SessionManager;
  /** @internal Where the lines of `logger` go, and the SDK's own. */
  readonly log: Log;
  /** Resolves when what `instrumentations` switches on and the program has loaded already is instrumented. Never rejects. */
  readonly ready: Promise<void> = Promise.resolve();
  readonly #reporter: Reporter;
  readonly #instrumentations: InstrumentationSwitches;
  readonly #exports: readonly ExportManager[];
  readonly #logExport: LogExport | undefined;
  readonly #redactor: Redactor;
  #closing: Promise<void> | undefined;
  readonly #processEnd = new ProcessEnd({
    idle: () => void this.#close('process_exit', SHUTDOWN_TIMEOUT_MS),
    exit: () => this.#leave(),
  });

  constructor(config: Config) {
    this.log = new Log({ ...config.logs, redact: (text, key) => this.#redactor.text(text, key) });
    const reporter = new Reporter({
      log: this.log,
      ...(config.onError !== undefined && { onError: config.onError }),
    });
    const open = new OpenSessions();
    const budget = new QueueBudget(config.batch.queueBytes);
    const managers: ExportManager[] = [];
    this.#exports = managers;
    this.#reporter = reporter;
    this.#instrumentations = { ...config.instrumentations };
    const liveLanes: LiveLane[] = [];
    const resource = resourceAttributes(config);
    const metrics = new Metrics(config.disabled ? false : config.metrics, { resource, reporter });
    this.#redactor = new Redactor({ ...config.content, reporter });
    this.telemetry = new TelemetryManager({
      serviceName: config.serviceName,
      resource,
      lanes: config.exporters.map((exporter) => {
        const { name, batch, retry, format } = exporter;
        const sender = createSender(exporter, config.exporters.length === 1);
        if (sender.live) {
          liveLanes.push(new LiveLane({ name, sender, format, timeout: batch.timeout, reporter }));
        }
        const manager = new ExportManager({
          name,
          sender,
          retry,
          timeout: batch.timeout,
          reporter,
          metrics: metrics.exportsOf(name),
        });
        managers.push(manager);
        return new ExportLane(manager, { batch, budget, spool: config.spool, format, reporter });
      }),
      ...(config.waitUntil !== undefined && { waitUntil: config.waitUntil }),
      captureContent: config.content.capture,
      metrics,
      budget,
      redactor: this.#redactor,
      open,
      reporter,
      processors: config.processors,
      sampler: new SessionSampler(config.sampling, reporter),
      context: config.context,
      live: config.live,
      liveLanes,
      sampling: config.sampling,
    });
    this.sessions = new SessionManager(this.telemetry, open, reporter, config.session);
    if (config.disabled) return;
    this.telemetry.start();
    this.#logExport = this.#exportLogs(config);
    this.#processEnd.watch();
    this.ready = this.#instrumentLibraries();
  }

  /** Starts a session at once; its end is yours to say. `session(name, fn)` does both around a function. */
  startSession(options: StartSessionOptions = {}): Session {
    return this.guard('startSession', () => this.sessions.start(options)) ?? this.unrecordedSession();
  }

  /** Resolves when every span that ended before the call has been delivered, spooled or dropped, also those under way. */
  async flush(): Promise<void> {
    // Retries wait on timers that keep no process alive: without one that does, the process would end under an await.
    const alive = setInterval(() => {}, LONGEST_TIMER_MS);
    try {
      await Promise.all([this.telemetry.flush(), this.#logExport?.flush()]);
    } finally {
      clearInterval(alive);
    }
  }

  /**
   * Ends what is still open (sessions as `Indeterminate`), delivers what it can, and takes OpenTelemetry's global
   * registrations back. Never rejects.
   *
   * @param timeoutMs What is not delivered by then is spooled, or dropped and counted. Default 5000.
   */
  shutdown(timeoutMs: number = SHUTDOWN_TIMEOUT_MS): Promise<void> {
    return this.#close('shutdown', timeoutMs);
  }

  stats(): ClientStats {
    return {
      exporters: this.telemetry.stats(),
      health: Object.fromEntries(this.#exports.map(({ name, health }) => [name, health.stats])),
      errors: this.#reporter.counts,
      openSessions: this.sessions.open.length,
      sampling: this.telemetry.samplingStats(),
      masks: this.#redactor.masks,
    };
  }

  /** @internal Whether clients of `library` that nobody handed to `instrument` are instrumented. */
  instruments(library: string): boolean {
    return isAutomatic(library, this.#instrumentations);
  }

  /**
   * @internal The context of a log line that is written now: that of the active span; outside any, in `single` mode,
   * that of the open session.
   */
  get logContext(): Context {
    const active = context.active();
    const span = trace.getSpanContext(active);
    if (span !== undefined && isSpanContextValid(span)) return active;
    return this.sessions.current(active)?.contextOf(undefined, active) ?? active;
  }

  /** @internal True from the first call of `shutdown` on. */
  get isClosing(): boolean {
    return this.#closing !== undefined;
  }

  /** @internal A session that records nothing and that nothing remembers, for work that has no other. */
  unrecordedSession(): Session {
    const { telemetry } = idleClient();
    return new Session({}, { telemetry, open: new OpenSessions(), reporter: SILENT });
  }

  /** @internal Runs `fn` for the SDK's own bookkeeping: what it throws is reported and never reaches the program. */
  guard<T>(where: string, fn: () => T): T | undefined {
    return this.#reporter.guard(where, fn);
  }

  /** Loaded only where it is wanted: it takes a while, and what it finds loaded is instrumented all the same. */
  async #instrumentLibraries(): Promise<void> {
    if (!Object.values(this.#instrumentations).includes(true)) return;
    try {
      const { instrumentLibraries } = await import('./instrumentation/auto/auto-instrumentation.ts');
      await instrumentLibraries(this.#instrumentations);
    } catch (error) {
      this.#reporter.guard('instrumentations', () => raise(error));
    }
  }

  #close(reason: 'shutdown' | 'process_exit', timeoutMs: number): Promise<void> {
    this.#closing ??= this.#finish(reason, timeoutMs);
    return this.#closing;
  }

  async #finish(reason: 'shutdown' | 'process_exit', timeoutMs: number): Promise<void> {
    this.#endOpen(reason);
    const deadline = new Deadline(timeoutMs);
    if (reason === 'process_exit') deadline.unref();
    await Promise.all([this.telemetry.shutdown(deadline), deadline.limit(this.#flushLogs())]);
    this.#reporter.tellRepeated();
    await this.#logExport?.shutdown(deadline);
    this.log.sink = undefined;
    deadline.clear();
    this.#processEnd.unwatch();
    if (current?.client !== this) return;
    current.watch?.close();
    current = undefined;
  }

  /** The process ends when this returns: no promise settles any more. */
  #leave(): void {
    this.#endOpen('process_exit');
    this.#reporter.guard('exit', () => this.telemetry.leave());
    this.#reporter.tellRepeated();
  }

  #exportLogs(config: Config): LogExport | undefined {
    const { batch, retry } = config;
    const { otlp } = config.logs;
    if (otlp === false) return undefined;
    const resource = resourceAttributes(config);
    const logExport = new LogExport({ otlp, batch, retry, resource, reporter: this.#reporter });
    this.log.sink = (entry) => logExport.emit(entry);
    return logExport;
  }

  async #flushLogs(): Promise<void> {
    await this.#logExport?.flush();
  }

  #endOpen(reason: 'shutdown' | 'process_exit'): void {
    this.#reporter.guard('shutdown', () => {
      this.telemetry.endRunning();
      this.sessions.endAll(reason);
    });
  }
}

/** The one client behind the module-level functions, the options it was made with, and the watch over its file. */
let current:
  | { readonly client: Client; readonly options: InitOptions; readonly watch: FileWatch | undefined }
  | undefined;

/** Where the lines of `logger` go. After a shutdown they go on as they were: a program's log does not end with it. */
let log = new Log({ level: 'warn', format: 'text' });

/**
 * The program's own log lines, with trace, span, session, agent and event type of where they are written. Works before
 * `init` and after `shutdown` too.
 */
export const logger: Logger = createLogger(() => ({
  log,
  context: () => current?.client.logContext ?? context.active(),
}));

/** Stands in while there is no client: everything runs, nothing is recorded. */
let idle: Client | undefined;

/**
 * Starts the SDK. Registers an OpenTelemetry provider, or joins the one the application has registered already.
 * Called again with equal options, it returns the same client: equal to what they were at the first call, functions that
 * read the same among them.
 *
 * @throws {AgentOpsError} `invalid_config` when an option in code is wrong; the message names every such option.
 * `already_initialised` when called again with other options.
 */
export function init(options: InitOptions = {}): Client {
  if (current !== undefined) {
    if (areSameOptions(options, current.options) && !current.client.isClosing) return current.client;
    throw new AgentOpsError(
      'already_initialised',
      'init was called a second time with other options, or while a shutdown is under way; call it once, or await shutdown() in between',
    );
  }
  const { config, warnings, gathered } = resolveConfig(options, process.env);
  if (!isNodeSupported(process.versions.node)) {
    process.stderr.write(
      `agentops error: Node 22.15 or newer is needed, this is ${process.versions.node}; nothing is recorded\n`,
    );
    return idleClient();
  }
  const client = new Client(config);
  for (const warning of warnings) client.guard('init', () => raise(warning));
  const given = snapshotOf(options);
  const watch = watchConfig(given, gathered, (work) => client.guard('watch', () => work(client.telemetry)));
  current = { client, options: given, watch };
  log = client.log;
  return client;
}

/** The client `init` made, else one that records nothing. */
export function currentClient(): Client {
  return current?.client ?? idleClient();
}

function idleClient(): Client {
  idle ??= new Client(
    resolveConfig({ configFile: false, disabled: true, exporters: [], logs: { level: 'silent' } }, {}).config,
  );
  return idle;
}

/** Shuts the current client down; see {@link Client.shutdown}. Resolves at once where there is none. */
export async function shutdown(timeoutMs?: number): Promise<void> {
  await current?.client.shutdown(timeoutMs);
}

/** The figures of the current client; see {@link Client.stats}. All empty where there is none. */
export function stats(): ClientStats {
  return currentClient().stats();
}

/** Flushes the current client; see {@link Client.flush}. Resolves at once where there is none. */
export async function flush(): Promise<void> {
  await current?.client.flush();
}

/**
 * For an application with an OpenTelemetry provider of its own: register this processor with it, before `init` or
 * after, and the spans of sessions reach the exporters of `init`.
 */
export function agentopsSpanProcessor(): SpanProcessor {
  const target = (): SpanProcessor | undefined =>
    current?.client.telemetry.joined ? current.client.telemetry.processor : undefined;
  return {
    onStart: (span, parentContext) => target()?.onStart(span, parentContext),
    onEnding: (span) => target()?.onEnding?.(span),
    onEnd: (span) => target()?.onEnd(span),
    forceFlush: async () => target()?.forceFlush(),
    shutdown: async () => target()?.forceFlush(),
  };
}

/** OpenTelemetry 3 needs 22.15; on anything older the program must run as if we were not there. */
function isNodeSupported(version: string): boolean {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  return major > 22 || (major === 22 && minor >= 15);
}

function resourceAttributes({ serviceName, serviceVersion, environment, resource, session }: Config) {
  return {
    ...(session.hostEnvironment && hostEnvironment()),
    ...resource,
    [attr.ATTR_SERVICE_NAME]: serviceName,
    ...(serviceVersion !== undefined && { [attr.ATTR_SERVICE_VERSION]: serviceVersion }),
    ...(environment !== undefined && { [attr.ATTR_DEPLOYMENT_ENVIRONMENT_NAME]: environment }),
    [attr.ATTR_AGENTOPS_VERSION]: VERSION,
  };
}

function raise(error: unknown): never {
  throw error;
}
