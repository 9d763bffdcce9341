import { configJsonSchema, type ExplainedConfig, explainConfig } from 'agentops/config';
import { Command } from 'commander';
import { CommandFailure } from '../failure.ts';
import { bad, bold, dim, good, print } from '../terminal.ts';

interface ConfigFlags {
  file?: string;
  json?: boolean;
  schema?: boolean;
  strict?: boolean;
}

/** The source of a value stands here at the latest, in characters. */
const MAX_COLUMN = 60;

/** `agentops config`: what a program started here would work with. */
export function configCommand(): Command {
  return new Command('config')
    .description('show the configuration in force here, and where each value comes from')
    .option('--file <path>', 'the YAML file (default: AGENTOPS_CONFIG, or agentops.yaml here)')
    .option('--json', 'as JSON')
    .option('--strict', 'exit with 1 where anything is wrong')
    .option('--schema', 'print the JSON Schema of the file instead')
    .action((flags: ConfigFlags) => {
      if (flags.schema) return print(JSON.stringify(configJsonSchema(), null, 2));
      const explained = explain(flags);
      if (flags.json) printJson(explained);
      else printText(explained);
      if (flags.strict && explained.warnings.length > 0) process.exitCode = 1;
    });
}

/** What is wrong is shown here, also where the configuration itself says that it is to throw. */
function explain({ file }: ConfigFlags): ExplainedConfig {
  try {
    return explainConfig(file === undefined ? {} : { configFile: file });
  } catch (error) {
    throw new CommandFailure(error instanceof Error ? error.message : String(error), { cause: error });
  }
}

function printJson({ file, entries, warnings }: ExplainedConfig): void {
  const problems = warnings.map(({ message }) => message);
  print(JSON.stringify({ file: file ?? null, options: entries, problems }, null, 2));
}

function printText({ file, lines, warnings }: ExplainedConfig): void {
  print(dim(file === undefined ? '# No file: there is no agentops.yaml here.' : `# File: ${file}`));
  const longest = Math.max(...lines.map(({ text, source }) => (source === undefined ? 0 : text.length)));
  const column = Math.min(longest, MAX_COLUMN);
  for (const { text, source } of lines) {
    if (source === undefined) print(bold(text));
    else print(`${text.padEnd(column)}  ${source === 'default' ? dim(`# ${source}`) : good(`# ${source}`)}`);
  }
  if (warnings.length === 0) return;
  print();
  print(bad(warnings.length === 1 ? '1 problem:' : `${warnings.length} problems:`));
  for (const { message } of warnings) print(`  - ${message.replaceAll('\n', '\n    ')}`);
}
