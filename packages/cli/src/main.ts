import { readFileSync } from 'node:fs';
import { Command } from 'commander';
import { configCommand } from './commands/config.ts';
import { dbCommand } from './commands/db.ts';
import { demoCommand } from './commands/demo.ts';
import { doctorCommand } from './commands/doctor.ts';
import { keysCommand } from './commands/keys.ts';
import { upCommand } from './commands/up.ts';
import { explain } from './failure.ts';
import { bad } from './terminal.ts';

const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as {
  version: string;
};

// A reader that has seen enough, as of `agentops doctor | head`.
process.stdout.on('error', (error) => {
  if ('code' in error && error.code === 'EPIPE') process.exit();
  throw error;
});

try {
  await new Command('agentops')
    .description('Sessions of AI agents, as OpenTelemetry: the backend and what belongs to it.')
    .version(version)
    .addCommand(upCommand())
    .addCommand(demoCommand())
    .addCommand(keysCommand())
    .addCommand(configCommand())
    .addCommand(dbCommand())
    .addCommand(doctorCommand())
    .parseAsync();
} catch (error) {
  process.stderr.write(`${bad('error:', process.stderr)} ${explain(error)}\n`);
  process.exitCode = 1;
}
