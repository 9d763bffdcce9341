import process from 'node:process';
import { isDeepStrictEqual } from 'node:util';
import { type SpanProcessor, TraceIdRatioBasedSampler } from '@opentelemetry/sdk-trace';
import type { Config } from './config/config.ts';
import type { InstrumentationOptions } from './config/instrumentation-options.ts';
import type { InitOptions } from './config/options.ts';
import { resolveConfig } from './config/resolve.ts';
import { AgentOpsError, type AgentOpsErrorCode } from './errors.ts';
import type { ForeignInstrumentations } from './instrumentation/auto/foreign-instrumentations.ts';
import { type InstrumentationSwitches, isAutomatic } from './instrumentation/auto/switches.ts';
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
import { ExportLane } from './telemetry/processors/export-lane.ts';
import type { LaneStats } from './telemetry/processors/ledger.ts';
import { TelemetryManager } from './telemetry/telemetry-manager.ts';
import { VERSION } from './version.ts';

const SHUTDOWN_TIMEOUT_MS = 5000;

const LONGEST_TIMER_MS = 2 ** 31 - 1;

const SILENT = new Reporter({ level: 'silent' });

/** What became of the spans, and of the calls that could not be carried out. */
export interface ClientStats {
  /** By exporter: `ended + recovered = pending + delivered + spooled + the sum of dropped`. */
  readonly exporters: Readonly<Record<string, LaneStats>>;
  /** How often each kind of error was reported to `onError`. */
  readonly errors: Readonly<Partial<Record<AgentOpsErrorCode, number>>>;
  readonly openSessions: number;
}

/** The running SDK: what `init` returns. */
export class Client {
  readonly telemetry: TelemetryManager;
  readonly sessions: SessionManager;
  /** Resolves when what `instrumentations` switches on and the program has loaded already is instrumented. Never rejects. */
  readonly ready: Promise<void> = Promise.resolve();
  readonly #reporter: Reporter;
  readonly #instrumentations: InstrumentationOptions;
  #foreign: ForeignInstrumentations | undefined;
  #closing: Promise<void> | undefined;
  readonly #processEnd = new ProcessEnd({
    idle: () => void this.#close('process_exit', SHUTDOWN_TIMEOUT_MS),
    exit: () => this.#leave(),
  });

  constructor(config: Config) {
    const reporter = new Reporter({
      level: config.logs.level,
      ...(config.onError !== undefined && { onError: config.onError }),
    });
    const open = new OpenSessions();
    this.#reporter = reporter;
    this.#instrumentations = config.instrumentations;
    this.telemetry = new TelemetryManager({
      serviceName: config.serviceName,
      resource: resourceAttributes(config),
      lanes: config.exporters.map((exporter) => {
        const { name, batch, retry } = exporter;
        const sender = createSender(exporter);
        const manager = new ExportManager({ name, sender, retry, timeout: batch.timeout, reporter });
        return new ExportLane(manager, { batch, spool: config.spool, reporter });
      }),
      captureContent: config.content.capture,
      denyScopes: config.instrumentations.denyScopes,
      open,
      reporter,
      processors: config.processors,
      sampler: config.sampling.sampler ?? new TraceIdRatioBasedSampler(config.sampling.rate),
      ...(config.context.propagator !== undefined && { propagator: config.context.propagator }),
    });
    this.sessions = new SessionManager(this.telemetry, open, reporter, config.session);
    if (config.disabled) return;
    this.telemetry.start();
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
      await this.telemetry.flush();
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
      errors: this.#reporter.counts,
      openSessions: this.sessions.open.length,
    };
  }

  /** @internal Whether clients of `library` that nobody handed to `instrument` are instrumented. */
  instruments(library: string): boolean {
    return isAutomatic(library, this.#instrumentations as InstrumentationSwitches);
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
    const switches = this.#instrumentations as InstrumentationSwitches;
    const { openllmetry, others = [] } = this.#instrumentations;
    try {
      if (openllmetry || others.length > 0) {
        const { ForeignInstrumentations } = await import(
          './instrumentation/auto/foreign-instrumentations.ts'
        );
        this.#foreign = new ForeignInstrumentations(this.#reporter, this.telemetry.captureContent);
        await this.#foreign.enable(openllmetry || [], others, (library) => this.instruments(library));
      }
      if (!Object.values(switches).includes(true)) return;
      const { instrumentLibraries } = await import('./instrumentation/auto/auto-instrumentation.ts');
      await instrumentLibraries(switches);
    } catch (error) {
      this.#reporter.guard('instrumentations', () => raise(error));
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
    await this.telemetry.shutdown(deadline);
    deadline.clear();
    this.#processEnd.unwatch();
    if (current?.client === this) current = undefined;
  }

  /** The process ends when this returns: no promise settles any more. */
  #leave(): void {
    this.#endOpen('process_exit');
    this.#reporter.guard('exit', () => this.telemetry.leave());
  }

  #endOpen(reason: 'shutdown' | 'process_exit'): void {
    this.#reporter.guard('shutdown', () => {
      this.telemetry.endRunning();
      this.sessions.endAll(reason);
    });
  }
}

/** The one client behind the module-level functions, and the options it was made with. */
let current: { readonly client: Client; readonly options: InitOptions } | undefined;

/** Stands in while there is no client: everything runs, nothing is recorded. */
let idle: Client | undefined;

/**
 * Starts the SDK. Registers an OpenTelemetry provider, or joins the one the application has registered already.
 * Called again with equal options, it returns the same client.
 *
 * @throws {AgentOpsError} `invalid_config` when an option in code is wrong; the message names every such option.
 * `already_initialised` when called again with other options.
 */
export function init(options: InitOptions = {}): Client {
  if (current !== undefined) {
    if (isDeepStrictEqual(options, current.options) && !current.client.isClosing) return current.client;
    throw new AgentOpsError(
      'already_initialised',
      'init was called a second time with other options, or while a shutdown is under way; call it once, or await shutdown() in between',
    );
  }
  const { config, warnings } = resolveConfig(options, process.env);
  if (!isNodeSupported(process.versions.node)) {
    process.stderr.write(
      `agentops error: Node 22.15 or newer is needed, this is ${process.versions.node}; nothing is recorded\n`,
    );
    return idleClient();
  }
  const client = new Client(config);
  for (const warning of warnings) client.guard('init', () => raise(warning));
  current = { client, options };
  return client;
}

/** The client `init` made, else one that records nothing. */
export function currentClient(): Client {
  return current?.client ?? idleClient();
}

function idleClient(): Client {
  idle ??= new Client(resolveConfig({ disabled: true, exporters: [], logs: { level: 'silent' } }, {}).config);
  return idle;
}

/** Shuts the current client down; see {@link Client.shutdown}. Resolves at once where there is none. */
export async function shutdown(timeoutMs?: number): Promise<void> {
  await current?.client.shutdown(timeoutMs);
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
