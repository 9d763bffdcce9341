import { readConfiguration } from 'agentops/doctor';
import { Command } from 'commander';
import type { Check } from '../doctor/check.ts';
import { checkNode, checkPreloads } from '../doctor/environment.ts';
import { checkClients, checkInstrumentations, checkProviders } from '../doctor/neighbours.ts';
import { checkApi } from '../doctor/opentelemetry-api.ts';
import { readInstalledPackages } from '../doctor/packages.ts';
import { checkConfiguration, checkDestinations, checkSpool } from '../doctor/pipeline.ts';
import { bad, bold, dim, doubtful, good, print } from '../terminal.ts';

interface DoctorFlags {
  file?: string;
  json?: boolean;
}

const SIGNS = { ok: good('✓'), warning: doubtful('⚠'), failure: bad('✗') };

/** `agentops doctor`: looks for what keeps the telemetry of the project in the working directory from arriving. */
export function doctorCommand(): Command {
  return new Command('doctor')
    .description('check configuration, exporters, spool and packages of the project here')
    .option('--file <path>', 'configuration file instead of agentops.yaml')
    .option('--json', 'print the result as JSON')
    .action(async ({ file, json }: DoctorFlags) => {
      const checks = await examine(process.cwd(), process.env, file);
      if (json) print(JSON.stringify({ ok: !checks.some(isFailure), checks }, undefined, 2));
      else printReport(checks);
      if (checks.some(isFailure)) process.exitCode = 1;
    });
}

/** Everything that can be seen from outside the program. */
async function examine(
  directory: string,
  env: NodeJS.ProcessEnv,
  file: string | undefined,
): Promise<Check[]> {
  const reading = readConfiguration(env, file);
  const { config } = reading;
  const installed = readInstalledPackages(directory);
  const packages = installed.all;
  return [
    checkNode(process.versions.node),
    ...checkConfiguration(reading),
    ...(config === undefined ? [] : [...(await checkDestinations(config)), ...checkSpool(config)]),
    checkApi(packages, directory),
    ...checkClients(packages),
    ...checkInstrumentations(packages),
    ...checkProviders(packages),
    ...checkPreloads(env, installed.project),
  ];
}

function printReport(checks: readonly Check[]): void {
  for (const { status, subject, message, advice } of checks) {
    print(`${SIGNS[status]} ${bold(subject)}: ${message.replaceAll('\n', '\n  ')}`);
    if (advice !== undefined) print(`    ${advice}`);
  }
  print();
  print(summaryOf(checks));
  print(
    dim(
      'What a program gives to init in code cannot be seen from here; stats() and logs.level debug tell of that.',
    ),
  );
}

function summaryOf(checks: readonly Check[]): string {
  const failures = checks.filter(isFailure).length;
  const warnings = checks.filter(({ status }) => status === 'warning').length;
  if (failures + warnings === 0) return good('Everything is as it should be.');
  const parts = [count(failures, 'failure'), count(warnings, 'warning')].filter((part) => part !== '');
  return parts.join(', ');
}

function count(number: number, what: string): string {
  return number === 0 ? '' : `${number} ${what}${number === 1 ? '' : 's'}`;
}

function isFailure({ status }: Check): boolean {
  return status === 'failure';
}
