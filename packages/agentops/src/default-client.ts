import process from 'node:process';
import { context } from '@opentelemetry/api';
import type { SpanProcessor } from '@opentelemetry/sdk-trace';
import { Client, type ClientStats, idleClient } from './client.ts';
import type { FileWatch } from './config/file-watch.ts';
import type { InitOptions } from './config/options.ts';
import { resolveConfig } from './config/resolve.ts';
import { areSameOptions, snapshotOf } from './config/same-options.ts';
import { withUsableDestinations } from './config/usable.ts';
import { watchConfig } from './config/watch.ts';
import { AgentOpsError } from './errors.ts';
import { Log } from './logging/log.ts';
import { createLogger, type Logger } from './logging/logger.ts';
import { isNodeSupported, reportOldNode } from './node-version.ts';
import type { Session } from './session/session.ts';
import type { StartSessionOptions } from './session/session-options.ts';

/** The one client behind the module-level functions, the options it was made with, and the watch over its file. */
let current:
  | { readonly client: Client; readonly options: InitOptions; readonly watch: FileWatch | undefined }
  | undefined;

/** The one before, once it has been shut down: its figures can still be read. */
let last: Client | undefined;

/** Whether it has been said that `init` is missing; it is said once. */
let isMissingInitTold = false;

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
  const resolution = resolveConfig(options, process.env);
  if (!isNodeSupported()) {
    reportOldNode();
    isMissingInitTold = true;
    return idleClient();
  }
  const { config, warnings, gathered } = withUsableDestinations(resolution);
  const client = new Client(config, () => {
    if (current?.client !== client) return;
    current.watch?.close();
    current = undefined;
    last = client;
  });
  for (const warning of warnings) client.report('init', warning);
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

/**
 * Starts a session of the current client at once; its end is yours to say. Before `init`, one that records nothing, which
 * is said once on standard error, unless the environment has switched telemetry off.
 */
export function startSession(options: StartSessionOptions = {}): Session {
  const { AGENTOPS_DISABLED = '', OTEL_SDK_DISABLED = '' } = process.env;
  const isExpected =
    current !== undefined || last !== undefined || AGENTOPS_DISABLED + OTEL_SDK_DISABLED !== '';
  if (!isExpected && !isMissingInitTold) {
    isMissingInitTold = true;
    const message = 'a session was started before init was called: it records nothing; call init() first';
    log.write('warn', message, { own: true });
  }
  return currentClient().startSession(options);
}

/** Shuts the current client down; see {@link Client.shutdown}. Resolves at once where there is none. */
export async function shutdown(timeoutMs?: number): Promise<void> {
  await current?.client.shutdown(timeoutMs);
}

/** The figures of the current client, else of the last one; see {@link Client.stats}. All empty where there was none. */
export function stats(): ClientStats {
  return (current?.client ?? last ?? idleClient()).stats();
}

/** Flushes the current client; see {@link Client.flush}. Resolves at once where there is none. */
export async function flush(timeoutMs?: number): Promise<void> {
  await current?.client.flush(timeoutMs);
}

/**
 * For an application with an OpenTelemetry provider of its own: register this processor with it, before `init` or
 * after, and the spans of sessions reach the exporters of `init`. However many of it are registered, a span counts once.
 */
export function agentopsSpanProcessor(): SpanProcessor {
  const target = (): SpanProcessor | undefined =>
    current?.client.telemetry.joined ? current.client.telemetry.processor : undefined;
  return {
    onStart(span, parentContext) {
      if (comesTo('start', span)) target()?.onStart(span, parentContext);
    },
    onEnding(span) {
      if (comesTo('ending', span)) target()?.onEnding?.(span);
    },
    onEnd(span) {
      if (comesTo('end', span)) target()?.onEnd(span);
    },
    forceFlush: async () => target()?.forceFlush(),
    shutdown: async () => target()?.forceFlush(),
  };
}

const PHASES = ['start', 'ending', 'end'] as const;

/** How far the spans of an application's own set-up have come. */
const phases = new WeakMap<object, number>();

/** True the first time only: the processor may be registered more than once. */
function comesTo(phase: (typeof PHASES)[number], span: object): boolean {
  const index = PHASES.indexOf(phase);
  if ((phases.get(span) ?? -1) >= index) return false;
  phases.set(span, index);
  return true;
}
