import { networkInterfaces } from 'node:os';
import { resolve } from 'node:path';
import { type RunningServer, ServerError, type ServerOptions, startServer } from '@agentops/server';
import { AgentOpsApiError, SessionApiClient } from 'agentops/api';
import { CommandFailure, isLocked } from './failure.ts';
import { bold, columns, print } from './terminal.ts';

/** How long a backend on the way may take to say that it is one, in ms. */
const PROBE_TIMEOUT_MS = 5000;

/** A backend as it is reached from here. */
export interface Backend {
  readonly url: string;
  readonly apiKey?: string | undefined;
  /** Whether the key may travel in plain text to another machine. */
  readonly insecure?: boolean | undefined;
}

/**
 * Starts a backend in this process.
 *
 * @throws {CommandFailure} that says who has the port, when it is taken.
 */
export async function startBackend(options: ServerOptions): Promise<RunningServer> {
  try {
    return await startServer(options);
  } catch (error) {
    throw (await explainLockedStore(error, options)) ?? (await explainTakenPort(error, options)) ?? error;
  }
}

/** Prints where a backend is to be looked at and sent to, and where its data lies. */
export function printWhereabouts({ url, port }: RunningServer, options: ServerOptions): void {
  print(bold('AgentOps is running.'));
  print();
  print(
    columns([
      ['Dashboard', url],
      ['OTLP/HTTP', `${url}/v1/traces`],
      ...addressesOf(options.host).map((address): [string, string] => [
        'From outside',
        urlOf({ host: address, port }),
      ]),
      ['Data', placeOf(options)],
    ]),
  );
  print();
}

/** A client of `backend`. */
export function connect({ url, apiKey, insecure }: Backend): SessionApiClient {
  return new SessionApiClient({ endpoint: url, apiKey, insecure });
}

/**
 * Makes sure that spans can be sent to `backend` and read back.
 *
 * @throws {CommandFailure} when nothing is there, or something else is; {@link AgentOpsApiError} when the key is refused.
 */
export async function requireBackend(backend: Backend): Promise<void> {
  const { url } = backend;
  using api = connect(backend);
  const found = await probe(url);
  if (found === 'nothing') {
    throw new CommandFailure(
      `No AgentOps backend answers at ${url}. Start one with \`agentops up\`, or let this command do it with --up.`,
    );
  }
  if (found === 'another service') {
    throw new CommandFailure(
      `What answers at ${url} is no AgentOps backend. Name the right one with --endpoint.`,
    );
  }
  await api.sessions({ limit: 1 });
}

async function probe(url: string): Promise<'backend' | 'another service' | 'nothing'> {
  using api = new SessionApiClient({ endpoint: url, timeout: PROBE_TIMEOUT_MS, retry: { attempts: 1 } });
  try {
    await api.health();
    return 'backend';
  } catch (error) {
    if (!(error instanceof AgentOpsApiError)) throw error;
    return error.code === 'api_unreachable' ? 'nothing' : 'another service';
  }
}

/** The failure to show for `error`, where it is that the backend one wants to start runs already. */
async function explainLockedStore(error: unknown, options: ServerOptions): Promise<Error | undefined> {
  const url = urlOf(options);
  if (!isLocked(error) || (await probe(url)) !== 'backend') return undefined;
  return new CommandFailure(
    `An AgentOps backend is already running at ${url}, on this data directory. Use that one, or stop it first.`,
    { cause: error },
  );
}

/** The failure to show for `error`, where it is that the port is taken. */
async function explainTakenPort(error: unknown, options: ServerOptions): Promise<Error | undefined> {
  const cause = error instanceof ServerError ? error.cause : undefined;
  if (!(cause instanceof Error && 'code' in cause && cause.code === 'EADDRINUSE')) return undefined;
  const { host, port } = options;
  const url = urlOf(options);
  const holder =
    (await probe(url)) === 'backend'
      ? `Another AgentOps backend is already running at ${url}. Use that one, or start this one`
      : `Port ${port} on ${host} is taken by another program. Stop it, or start AgentOps`;
  return new CommandFailure(`${holder} on another port with --port; --port 0 takes a free one.`);
}

function urlOf({ host, port }: ServerOptions): string {
  return `http://${host?.includes(':') ? `[${host}]` : host}:${port}`;
}

/** The addresses other machines can reach this one by, where it listens on all of them. */
function addressesOf(host: string | undefined): string[] {
  if (host !== '0.0.0.0' && host !== '::') return [];
  return Object.values(networkInterfaces())
    .flatMap((addresses) => addresses ?? [])
    .filter(({ family, internal }) => !internal && (family === 'IPv4' || host === '::'))
    .filter(({ address }) => !address.startsWith('fe80:'))
    .map(({ address }) => address);
}

/** Where a store lies, as it may be shown. */
export function placeOf({
  dataDir = '',
  databaseUrl,
}: Pick<ServerOptions, 'dataDir' | 'databaseUrl'>): string {
  return databaseUrl === undefined ? resolve(dataDir) : withoutPassword(databaseUrl);
}

/** A database's address as it may be shown. */
export function withoutPassword(databaseUrl: string): string {
  return databaseUrl
    .replace(/(?<=^\w+:\/\/[^:@/]*:)[^@]*(?=@)/, '***')
    .replace(/(?<=[?&]password=)[^&]*/, '***');
}
