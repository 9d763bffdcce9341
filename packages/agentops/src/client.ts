import process from 'node:process';
import { type Attributes, type Context, context, isSpanContextValid } from '@opentelemetry/api';
import type { Config } from './config/config.ts';
import type { InstrumentationOptions } from './config/instrumentation-options.ts';
import { resolveConfig } from './config/resolve.ts';
import { AgentOpsError, type AgentOpsErrorCode } from './errors.ts';
import type { ForeignInstrumentations } from './instrumentation/auto/foreign-instrumentations.ts';
import {
  type InstrumentationSwitches,
  isAutomatic,
  type UnknownPackage,
  unknownPackages,
} from './instrumentation/auto/switches.ts';
import { Prices } from './instrumentation/cost/prices.ts';
import { followedByOthers, type HttpLibrary } from './instrumentation/http/http-libraries.ts';
import { watchRequests } from './instrumentation/http/watch-requests.ts';
import { type AsksForUsage, asksForUsage } from './instrumentation/stream-usage.ts';
import { Log } from './logging/log.ts';
import { LogExport } from './logging/log-export.ts';
import { ProcessEnd } from './process-end.ts';
import { Reporter } from './reporter.ts';
import { OpenSessions } from './session/open-sessions.ts';
import { Session } from './session/session.ts';
import { SessionManager } from './session/session-manager.ts';
import type { StartSessionOptions } from './session/session-options.ts';
import { Deadline } from './telemetry/deadline.ts';
import type { ExportManager } from './telemetry/exporters/export-manager.ts';
import type { ExporterHealthStats } from './telemetry/exporters/exporter-health.ts';
import { Metrics } from './telemetry/metrics/metrics.ts';
import { createPipeline, createSenders } from './telemetry/pipeline.ts';
import { DeliveryProcessor } from './telemetry/processors/delivery-processor.ts';
import { DeniedScopes } from './telemetry/processors/denied-scopes.ts';
import type { LaneStats } from './telemetry/processors/ledger.ts';
import type { IgnoredReason } from './telemetry/propagation/ignored-headers.ts';
import { Redactor } from './telemetry/redaction/redactor.ts';
import { resourceAttributes } from './telemetry/resource.ts';
import { type SamplingStats, SessionSampler } from './telemetry/sampling/session-sampler.ts';
import { TelemetryManager } from './telemetry/telemetry-manager.ts';

const SHUTDOWN_TIMEOUT_MS = 5000;

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
  /** How often callers in other processes sent what was not taken. */
  readonly propagation: { readonly ignored: Readonly<Record<IgnoredReason, number>> };
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
  /** @internal Whether a server's streams are asked for their usage. */
  readonly asksForUsage: AsksForUsage;
  readonly #reporter: Reporter;
  readonly #instrumentations: InstrumentationOptions;
  /** Whose requests have spans of other instrumentations. */
  readonly #followedByOthers: ReadonlySet<HttpLibrary>;
  #foreign: ForeignInstrumentations | undefined;
  readonly #exports: readonly ExportManager[];
  readonly #logExport: LogExport | undefined;
  readonly #redactor: Redactor;
  readonly #onClosed: () => void;
  #closing: Promise<void> | undefined;
  readonly #processEnd = new ProcessEnd({
    idle: () => void this.#close('process_exit', SHUTDOWN_TIMEOUT_MS),
    exit: () => this.#leave(),
  });

  /**
   * @param onClosed Called when a shutdown has come to its end, whoever began it.
   * @throws {AgentOpsError} `invalid_config` where an exporter cannot be made; nothing has been started then.
   */
  constructor(config: Config, onClosed: () => void = () => {}) {
    this.#onClosed = onClosed;
    this.log = new Log({
      ...config.logs,
      redact: {
        text: (text) => this.#redactor.text(text),
        value: (value, key) => this.#redactor.value(value, key),
      },
    });
    const reporter = new Reporter({
      log: this.log,
      ...(config.onError !== undefined && { onError: config.onError }),
    });
    this.#reporter = reporter;
    // Before whatever may have something to say: what cannot be redacted is not said.
    this.#redactor = new Redactor({ ...config.content, reporter });
    this.#instrumentations = config.instrumentations;
    this.#followedByOthers = followedByOthers(config.instrumentations.others ?? []);
    this.asksForUsage = asksForUsage(config.instrumentations.streamUsage);
    // Before the metrics, which listen and register: what throws here must leave nothing behind.
    const senders = createSenders(config);
    const resource = resourceAttributes(config);
    const metrics = new Metrics(config.disabled ? false : config.metrics, {
      resource: this.#redactor.attributes(resource),
      reporter,
    });
    const { managers, lanes, liveLanes, budget } = createPipeline(senders, config, { metrics, reporter });
    this.#exports = managers;
    const open = new OpenSessions();
    const { waitUntil } = config;
    this.telemetry = new TelemetryManager({
      serviceName: config.serviceName,
      resource,
      lanes,
      ...(waitUntil !== undefined && {
        delivery: new DeliveryProcessor(waitUntil, () => this.#flushAll()),
      }),
      captureContent: config.content.capture,
      prices: new Prices(config.prices, (message) => reporter.warn(message)),
      denied: new DeniedScopes(config.instrumentations.denyScopes),
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
    this.sessions = new SessionManager(this.telemetry, open, reporter, {
      ...config.session,
      ...(config.session.continueFromEnvironment && {
        inherited: { environment: process.env, name: config.serviceName },
      }),
    });
    if (config.disabled) return;
    this.telemetry.start();
    this.#logExport = this.#exportLogs(config, resource);
    this.#processEnd.watch();
    if (this.#instrumentations.http) watchRequests();
    this.ready = this.#instrumentLibraries();
  }

  /** Starts a session at once; its end is yours to say. `session(name, fn)` does both around a function. */
  startSession(options: StartSessionOptions = {}): Session {
    return this.guard('startSession', () => this.sessions.start(options)) ?? this.unrecordedSession();
  }

  /**
   * Resolves when every span that ended before the call has been delivered, spooled or dropped, also those under way.
   * Never rejects.
   *
   * @param timeoutMs Resolves by then in any case; what is under way goes on. Default: as long as all attempts take.
   */
  async flush(timeoutMs: number = Number.POSITIVE_INFINITY): Promise<void> {
    // Retries wait on timers that keep no process alive: without one that does, the process would end under an await.
    const deadline = new Deadline(timeoutMs);
    try {
      await deadline.limit(this.#flushAll());
    } finally {
      deadline.clear();
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
      propagation: { ignored: this.telemetry.propagation.ignored },
      masks: this.#redactor.masks,
    };
  }

  /** @internal Whether clients of `library` that nobody handed to `instrument` are instrumented. */
  instruments(library: string): boolean {
    return isAutomatic(library, this.#instrumentations as InstrumentationSwitches);
  }

  /** @internal Says that clients which were to be instrumented cannot be. */
  reportUnknown({ library, name }: UnknownPackage): void {
    if (!this.telemetry.enabled || !this.instruments(library)) return;
    const problem = `this version of ${name} is not known; its calls make no spans`;
    this.#reporter.error(new AgentOpsError('invalid_argument', `instrumentations: ${problem}`), 'warn');
  }

  /** @internal Whether the requests that `library` sends are followed without being asked for. */
  followsRequests(library: HttpLibrary): boolean {
    return this.#instrumentations.http === true && !this.#followedByOthers.has(library);
  }

  /**
   * @internal The context of a log line that is written now: that of the active span; outside any, in `single` mode,
   * that of the open session.
   */
  get logContext(): Context {
    const active = context.active();
    const span = this.telemetry.currentSpan(active);
    if (span !== undefined && isSpanContextValid(span.spanContext())) {
      return this.telemetry.shown(active);
    }
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

  /** @internal Reports what went wrong in `where`. */
  report(where: string, error: unknown): void {
    this.#reporter.fault(where, error);
  }

  /** @internal Runs `fn` for the SDK's own bookkeeping: what it throws is reported and never reaches the program. */
  guard<T>(where: string, fn: () => T): T | undefined {
    return this.#reporter.guard(where, fn);
  }

  /** Loaded only where it is wanted: it takes a while, and what it finds loaded is instrumented all the same. */
  async #instrumentLibraries(): Promise<void> {
    const { openllmetry, others = [], http, streamUsage, denyScopes, ...libraries } = this.#instrumentations;
    try {
      for (const found of unknownPackages()) this.reportUnknown(found);
      if (openllmetry || others.length > 0) {
        const { ForeignInstrumentations } = await import(
          './instrumentation/auto/foreign-instrumentations.ts'
        );
        // A shutdown that came meanwhile has nothing to disable yet.
        if (this.isClosing) return;
        this.#foreign = new ForeignInstrumentations(this.#reporter, this.telemetry.captureContent);
        await this.#foreign.enable(openllmetry || [], others, (library) => this.instruments(library));
      }
      if (!Object.values(libraries).includes(true)) return;
      const { instrumentLibraries } = await import('./instrumentation/auto/auto-instrumentation.ts');
      await instrumentLibraries(libraries);
    } catch (error) {
      this.#reporter.fault('instrumentations', error);
    }
  }

  #close(reason: 'shutdown' | 'process_exit', timeoutMs: number): Promise<void> {
    this.#closing ??= this.#finish(reason, timeoutMs);
    return this.#closing;
  }

  async #finish(reason: 'shutdown' | 'process_exit', timeoutMs: number): Promise<void> {
    this.#foreign?.disable();
    this.#endOpen(reason);
    const deadline = new Deadline(timeoutMs);
    if (reason === 'process_exit') deadline.unref();
    this.#logExport?.hurry();
    await Promise.all([this.telemetry.shutdown(deadline), deadline.limit(this.#flushLogs())]);
    this.#reporter.tellRepeated();
    await this.#logExport?.shutdown(deadline);
    this.log.sink = undefined;
    deadline.clear();
    this.#processEnd.unwatch();
    this.#onClosed();
  }

  /** The process ends when this returns: no promise settles any more. */
  #leave(): void {
    this.#endOpen('process_exit');
    this.#reporter.guard('exit', () => this.telemetry.leave());
    this.#reporter.tellRepeated();
  }

  #exportLogs({ batch, retry, logs: { otlp } }: Config, resource: Attributes): LogExport | undefined {
    if (otlp === false) return undefined;
    const logExport = new LogExport({
      ...{ otlp, batch, retry, reporter: this.#reporter },
      resource: this.#redactor.attributes(resource),
    });
    this.log.sink = (entry) => logExport.emit(entry);
    return logExport;
  }

  async #flushAll(): Promise<void> {
    await Promise.all([this.telemetry.flush(), this.#flushLogs()]);
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

/** Stands in while there is no client: everything runs, nothing is recorded. */
let idle: Client | undefined;

export function idleClient(): Client {
  idle ??= new Client(
    resolveConfig({ configFile: false, disabled: true, exporters: [], logs: { level: 'silent' } }, {}).config,
  );
  return idle;
}
