import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { travelsInPlainText } from 'agentops/config';
import { Command, Option } from 'commander';
import { type Backend, printWhereabouts, requireBackend, startBackend } from '../backend.ts';
import { type DemoRun, runDemo } from '../demo/run.ts';
import { printSummary } from '../demo/summary.ts';
import { verifyRun } from '../demo/verify.ts';
import { CommandFailure } from '../failure.ts';
import {
  addBackendOptions,
  type BackendFlags,
  flagOf,
  isGiven,
  refuseTogether,
  serverOptionsOf,
} from '../options.ts';
import { stopSignal } from '../stop-signal.ts';
import { bad, good, print } from '../terminal.ts';

interface DemoFlags extends BackendFlags {
  endpoint: string;
  apiKey?: string;
  insecure?: true;
  up?: true;
  once?: true;
}

const OF_A_BACKEND = ['host', 'port', 'dataDir', 'databaseUrl'];

/** `agentops demo`: a small research crew at work, recorded. */
export function demoCommand(): Command {
  const command = new Command('demo')
    .description('run the demonstration crew and record it')
    .addOption(
      new Option('--endpoint <url>', 'the backend to record in')
        .default('http://127.0.0.1:4600')
        .env('AGENTOPS_ENDPOINT'),
    )
    .addOption(new Option('--api-key <key>', 'the key it asks for').env('AGENTOPS_API_KEY'))
    .option('--insecure', 'allow the key in plain text to another machine, inside a network you trust')
    .option('--up', 'start a backend first, and keep it running afterwards')
    .option('--once', 'start a backend with a temporary store, check what it recorded, and stop');
  return addBackendOptions(command).action(async (flags: DemoFlags) => {
    refuseTogether(command, 'once', ['endpoint', 'apiKey', 'insecure', ...OF_A_BACKEND]);
    refuseTogether(command, 'up', ['endpoint']);
    if (flags.once) return recordOnce(flags);
    if (flags.up) return recordAndServe(command, flags);
    const stray = [...OF_A_BACKEND, 'logLevel'].find((name) => isGiven(command, name));
    if (stray !== undefined) {
      throw new CommandFailure(
        `${flagOf(command, stray)} is for a backend that this command starts; add --up.`,
      );
    }
    return recordAt(flags);
  });
}

async function recordAt({ endpoint, apiKey, insecure }: DemoFlags): Promise<void> {
  const isInsecure = insecure ?? process.env.AGENTOPS_INSECURE === 'true';
  const backend = { url: endpoint.replace(/\/+$/, ''), apiKey, insecure: isInsecure };
  if (apiKey !== undefined && !isInsecure) refusePlainText(endpoint);
  await requireBackend(backend);
  await record(backend);
}

/** In the words of a command line; an address that is none is refused by whoever connects. */
function refusePlainText(endpoint: string): void {
  const url = URL.parse(endpoint);
  if (url === null || !travelsInPlainText(url)) return;
  throw new CommandFailure(
    `The key would travel in plain text to ${url.hostname}. Use https://, or add --insecure inside a network you trust.`,
  );
}

async function recordAndServe(command: Command, flags: DemoFlags): Promise<void> {
  const options = serverOptionsOf(command, flags);
  const server = await startBackend(options);
  try {
    printWhereabouts(server, options);
    // A key of the environment is for a backend elsewhere.
    const backend = { url: server.url, apiKey: isGiven(command, 'apiKey') ? flags.apiKey : undefined };
    await requireBackend(backend);
    await record(backend);
    const stopped = stopSignal();
    print('The backend keeps running. Press Ctrl-C to stop.');
    await stopped;
  } finally {
    await server.close();
  }
}

async function recordOnce({ logLevel }: DemoFlags): Promise<void> {
  const dataDir = await mkdtemp(join(tmpdir(), 'agentops-demo-'));
  try {
    const server = await startBackend({ port: 0, dataDir, logger: { level: logLevel } });
    try {
      await check(server, await record(server));
    } finally {
      await server.close();
    }
  } finally {
    await rm(dataDir, { recursive: true, force: true });
  }
}

async function record(backend: Backend): Promise<DemoRun> {
  const run = await runDemo(backend);
  printSummary(run.telemetry, backend.url);
  return run;
}

async function check(backend: Backend, run: DemoRun): Promise<void> {
  const checks = await verifyRun(backend, run);
  for (const { passed, text } of checks) print(`${passed ? good('ok    ') : bad('FAILED')}  ${text}`);
  const failed = checks.filter(({ passed }) => !passed).length;
  if (failed > 0) throw new CommandFailure(`${failed} of ${checks.length} checks failed.`);
  print();
  print('The store of this run is gone again. `agentops demo --up` keeps one, to look at in the dashboard.');
}
