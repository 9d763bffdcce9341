import { Command } from 'commander';
import { printWhereabouts, startBackend } from '../backend.ts';
import { addBackendOptions, type BackendFlags, serverOptionsOf } from '../options.ts';
import { stopSignal } from '../stop-signal.ts';
import { print } from '../terminal.ts';

/** `agentops up`: the backend, until it is stopped. */
export function upCommand(): Command {
  return addBackendOptions(new Command('up'))
    .description('start the backend: dashboard, API and OTLP receiver')
    .action(async (flags: BackendFlags, command: Command) => {
      const options = serverOptionsOf(command, flags);
      const server = await startBackend(options);
      const stopped = stopSignal();
      printWhereabouts(server, options);
      print('Press Ctrl-C to stop.');
      await stopped;
      await server.close();
    });
}
