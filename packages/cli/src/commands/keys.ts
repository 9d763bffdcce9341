import { Command } from 'commander';
import { CommandFailure } from '../failure.ts';
import { addStoreOptions, type StoreFlags } from '../options.ts';
import { withStore } from '../store.ts';
import { columns, dim, print } from '../terminal.ts';

interface CreateFlags extends StoreFlags {
  name: string;
  project: string;
}

/** `agentops keys`: the API keys of a store. */
export function keysCommand(): Command {
  return new Command('keys')
    .description('API keys: create, list, revoke')
    .addCommand(createCommand())
    .addCommand(listCommand())
    .addCommand(revokeCommand());
}

function createCommand(): Command {
  return addStoreOptions(new Command('create'))
    .description('create a key; its secret is shown this once')
    .requiredOption('--name <name>', 'what to know the key by')
    .option('--project <project>', 'the project the key opens', 'default')
    .action((flags: CreateFlags, command: Command) =>
      withStore(command, flags, async ({ keys }) => {
        const { key, secret } = await keys.create(flags.project, flags.name);
        print(
          `Created key ${key.id} (${key.name}) of project ${key.project_id}. Its secret, shown only now:`,
        );
        print();
        print(`  ${secret}`);
        print();
        print(dim('Give it to the SDK as AGENTOPS_API_KEY.'));
      }),
    );
}

function listCommand(): Command {
  return addStoreOptions(new Command('list'))
    .description('list all keys')
    .action((flags: StoreFlags, command: Command) =>
      withStore(command, flags, async ({ keys }) => {
        const rows = (await keys.list()).map((key) => [
          key.id,
          key.project_id,
          key.name,
          `${key.prefix}…`,
          toSeconds(key.created_at),
          key.revoked_at === null ? '' : toSeconds(key.revoked_at),
        ]);
        if (rows.length === 0)
          return print('There are no keys. Create one with `agentops keys create --name NAME`.');
        print(columns([['ID', 'PROJECT', 'NAME', 'SECRET', 'CREATED', 'REVOKED'], ...rows]));
      }),
    );
}

function revokeCommand(): Command {
  return addStoreOptions(new Command('revoke'))
    .description('revoke a key: it opens nothing any more')
    .argument('<id>', 'as `agentops keys list` shows it')
    .action((id: string, flags: StoreFlags, command: Command) =>
      withStore(command, flags, async ({ keys }) => {
        if (await keys.revoke(id)) return print(`Revoked key ${id}.`);
        throw new CommandFailure(`There is no key ${id}. \`agentops keys list\` shows the ids.`);
      }),
    );
}

/** An ISO time without its nine digits of a second. */
function toSeconds(time: string): string {
  return time.replace(/\.\d+Z$/, 'Z');
}
